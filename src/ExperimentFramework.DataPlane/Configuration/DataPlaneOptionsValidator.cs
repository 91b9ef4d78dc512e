using System.Globalization;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane;

/// <summary>Checks <see cref="DataPlaneOptions"/> at start-up: each message names the option, its value and its range.</summary>
internal sealed class DataPlaneOptionsValidator : IValidateOptions<DataPlaneOptions>
{
    private const int MaxRepeatCapacity = 100_000_000;
    private const int MaxAssignmentCacheCapacity = 100_000_000;
    private const int MaxQueueSize = 10_000_000;
    private const int MinAttributeLength = 16;
    private const int MaxAttributeLength = 1_000_000;
    private const int MaxAttempts = 100;
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);
    private static readonly TimeSpan MaxRepeatWindow = TimeSpan.FromDays(365);
    private static readonly TimeSpan MaxAssignmentCacheDuration = TimeSpan.FromDays(365);
    private static readonly TimeSpan MinStoreTimeout = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan MaxStoreTimeout = TimeSpan.FromSeconds(10);

    public ValidateOptionsResult Validate(string? name, DataPlaneOptions options)
    {
        var failures = new List<string>();
        if (SemanticsError(options.ExposureSemantics) is { } semantics)
        {
            failures.Add($"DataPlaneOptions.{nameof(options.ExposureSemantics)} {semantics}");
        }

        if (SamplingRateError(options.SamplingRate) is { } rate)
        {
            failures.Add($"DataPlaneOptions.{nameof(options.SamplingRate)} {rate}");
        }

        Require(nameof(options.RepeatWindow), options.RepeatWindow, MaxRepeatWindow, failures);
        Require(nameof(options.RepeatCapacity), options.RepeatCapacity, 1, MaxRepeatCapacity, failures);

        // An option whose bound is another one is judged where that one is right, so that one fault has one message.
        if (Require(nameof(options.MaxQueueSize), options.MaxQueueSize, 1, MaxQueueSize, failures))
        {
            Require(nameof(options.BatchSize), options.BatchSize, 1, options.MaxQueueSize, failures, $" ({nameof(options.MaxQueueSize)})");
        }

        Require(nameof(options.FlushInterval), options.FlushInterval, LongestWait, failures);
        Require(nameof(options.MaxAttributeLength), options.MaxAttributeLength, MinAttributeLength, MaxAttributeLength, failures);
        Require(nameof(options.BlockTimeout), options.BlockTimeout, LongestWait, failures);
        Require(nameof(options.PublishTimeout), options.PublishTimeout, LongestWait, failures);
        Require("Retry.MaxAttempts", options.Retry.MaxAttempts, 1, MaxAttempts, failures);
        if (Require("Retry.MaxDelay", options.Retry.MaxDelay, LongestWait, failures))
        {
            Require("Retry.BaseDelay", options.Retry.BaseDelay, options.Retry.MaxDelay, failures, " (Retry.MaxDelay)");
        }

        if (options.ShutdownTimeout < TimeSpan.Zero || options.ShutdownTimeout > LongestWait)
        {
            failures.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"DataPlaneOptions.{nameof(options.ShutdownTimeout)} is {options.ShutdownTimeout}; it has to be from 0 to {InWords(LongestWait)}."));
        }

        if (!Enum.IsDefined(options.FailureMode))
        {
            failures.Add($"DataPlaneOptions.{nameof(options.FailureMode)} is {(int)options.FailureMode}; it has to be one of {string.Join(", ", Enum.GetNames<BackplaneFailureMode>())}.");
        }
        else if (options is { FailureMode: BackplaneFailureMode.Block, RequiredDestinations.Count: 0 })
        {
            failures.Add($"DataPlaneOptions.{nameof(options.FailureMode)} is Block and {nameof(options.RequiredDestinations)} is empty; it has to name the destinations that callers wait for, by the names of their types.");
        }

        Require(nameof(options.AssignmentCacheDuration), options.AssignmentCacheDuration, MaxAssignmentCacheDuration, failures);
        Require(nameof(options.AssignmentCacheCapacity), options.AssignmentCacheCapacity, 1, MaxAssignmentCacheCapacity, failures);
        if (options.StoreTimeout < MinStoreTimeout || options.StoreTimeout > MaxStoreTimeout)
        {
            failures.Add($"DataPlaneOptions.{nameof(options.StoreTimeout)} is {options.StoreTimeout}; it has to be from {MinStoreTimeout.TotalMilliseconds} ms to {MaxStoreTimeout.TotalSeconds} s.");
        }

        failures.AddRange(PiiRedactionValidation.Errors(options.PiiRedaction).Select(fault => $"DataPlaneOptions.{nameof(options.PiiRedaction)}: {fault}"));
        foreach (var (experiment, own) in options.Experiments)
        {
            Check($"{nameof(options.Experiments)}:{experiment}", own, failures);
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    /// <summary>What is wrong with a sampling rate, wherever it is set; null for nothing.</summary>
    public static string? SamplingRateError(double rate) =>
        rate is >= 0 and <= 1 ? null : string.Create(CultureInfo.InvariantCulture, $"is {rate}; it has to be from 0 to 1.");

    /// <summary>What is wrong with semantics, wherever they are set; null for nothing.</summary>
    public static string? SemanticsError(ExposureSemantics semantics) =>
        Enum.IsDefined(semantics) ? null : $"is {(int)semantics}; it has to be one of {string.Join(", ", Enum.GetNames<ExposureSemantics>())}.";

    private static void Check(string experiment, ExperimentOptions own, List<string> failures)
    {
        if (own.SamplingRate is { } rate && SamplingRateError(rate) is { } rateFault)
        {
            failures.Add($"DataPlaneOptions.{experiment}:{nameof(own.SamplingRate)} {rateFault}");
        }

        if (own.ExposureSemantics is { } semantics && SemanticsError(semantics) is { } semanticsFault)
        {
            failures.Add($"DataPlaneOptions.{experiment}:{nameof(own.ExposureSemantics)} {semanticsFault}");
        }

        if (own.RepeatWindow is { } window)
        {
            Require($"{experiment}:{nameof(own.RepeatWindow)}", window, MaxRepeatWindow, failures);
        }

        if (own.RepeatCapacity is { } capacity)
        {
            Require($"{experiment}:{nameof(own.RepeatCapacity)}", capacity, 1, MaxRepeatCapacity, failures);
        }
    }

    /// <returns>Whether the value is in its range.</returns>
    private static bool Require(string option, TimeSpan value, TimeSpan longest, List<string> failures, string bound = "")
    {
        if (value > TimeSpan.Zero && value <= longest)
        {
            return true;
        }

        failures.Add(string.Create(
            CultureInfo.InvariantCulture, $"DataPlaneOptions.{option} is {value}; it has to be more than 0 and at most {InWords(longest)}{bound}."));
        return false;
    }

    /// <returns>Whether the value is in its range.</returns>
    private static bool Require(string option, int value, int least, int most, List<string> failures, string bound = "")
    {
        if (value >= least && value <= most)
        {
            return true;
        }

        failures.Add(string.Create(
            CultureInfo.InvariantCulture, $"DataPlaneOptions.{option} is {value}; it has to be from {least} to {most}{bound}."));
        return false;
    }

    private static string InWords(TimeSpan duration) => duration.Days > 0 && duration == TimeSpan.FromDays(duration.Days)
        ? string.Create(CultureInfo.InvariantCulture, $"{duration.Days} days")
        : duration.ToString("c", CultureInfo.InvariantCulture);
}
