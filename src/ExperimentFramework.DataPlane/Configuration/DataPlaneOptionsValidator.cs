using System.Globalization;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane;

/// <summary>Validates <see cref="DataPlaneOptions"/> at start-up. Each message names the option, its value and its range.</summary>
internal sealed class DataPlaneOptionsValidator : IValidateOptions<DataPlaneOptions>
{
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

        Require(nameof(options.RepeatWindow), options.RepeatWindow, OptionRanges.RepeatWindow, failures);
        Require(nameof(options.RepeatCapacity), options.RepeatCapacity, OptionRanges.RepeatCapacity, failures);

        // Validate a dependent bound only if the option it depends on is valid, so that each mistake is reported once.
        if (Require(nameof(options.MaxQueueSize), options.MaxQueueSize, OptionRanges.MaxQueueSize, failures))
        {
            Require(nameof(options.BatchSize), options.BatchSize, OptionRanges.BatchSize(options.MaxQueueSize), failures);
        }

        Require(nameof(options.FlushInterval), options.FlushInterval, OptionRanges.FlushInterval, failures);
        Require(nameof(options.AccountingInterval), options.AccountingInterval, OptionRanges.AccountingInterval, failures);
        Require(nameof(options.MaxAttributeLength), options.MaxAttributeLength, OptionRanges.MaxAttributeLength, failures);
        Require(nameof(options.BlockTimeout), options.BlockTimeout, OptionRanges.BlockTimeout, failures);
        Require(nameof(options.PublishTimeout), options.PublishTimeout, OptionRanges.PublishTimeout, failures);
        Require("Retry.MaxAttempts", options.Retry.MaxAttempts, OptionRanges.MaxAttempts, failures);
        if (Require("Retry.MaxDelay", options.Retry.MaxDelay, OptionRanges.MaxDelay, failures))
        {
            Require("Retry.BaseDelay", options.Retry.BaseDelay, OptionRanges.BaseDelay(options.Retry.MaxDelay), failures);
        }

        Require(nameof(options.ShutdownTimeout), options.ShutdownTimeout, OptionRanges.ShutdownTimeout, failures);
        if (!Enum.IsDefined(options.FailureMode))
        {
            failures.Add($"DataPlaneOptions.{nameof(options.FailureMode)} is {(int)options.FailureMode}; it must be one of {string.Join(", ", Enum.GetNames<BackplaneFailureMode>())}.");
        }
        else if (options is { FailureMode: BackplaneFailureMode.Block, RequiredDestinations.Count: 0 })
        {
            failures.Add($"DataPlaneOptions.{nameof(options.FailureMode)} is Block and {nameof(options.RequiredDestinations)} is empty; it must list the type names of the destinations that callers wait for.");
        }

        Require(nameof(options.AssignmentCacheDuration), options.AssignmentCacheDuration, OptionRanges.AssignmentCacheDuration, failures);
        Require(nameof(options.AssignmentCacheCapacity), options.AssignmentCacheCapacity, OptionRanges.AssignmentCacheCapacity, failures);
        Require(nameof(options.StoreTimeout), options.StoreTimeout, OptionRanges.StoreTimeout, failures);
        failures.AddRange(PiiRedactionValidation.Errors(options.PiiRedaction).Select(error => $"DataPlaneOptions.{nameof(options.PiiRedaction)}: {error}"));
        foreach (var (experiment, own) in options.Experiments)
        {
            Check($"{nameof(options.Experiments)}:{experiment}", own, failures);
        }

        return OptionFailures.Result(failures);
    }

    /// <summary>Returns the error of a sampling rate, wherever it is set; null if it is valid.</summary>
    public static string? SamplingRateError(double rate) =>
        OptionRanges.SamplingRate.Contains(rate) ? null : string.Create(CultureInfo.InvariantCulture, $"is {rate}; it must be {OptionRanges.SamplingRate}.");

    /// <summary>Returns the error of semantics, wherever they are set; null if they are valid.</summary>
    public static string? SemanticsError(ExposureSemantics semantics) =>
        Enum.IsDefined(semantics) ? null : $"is {(int)semantics}; it must be one of {string.Join(", ", Enum.GetNames<ExposureSemantics>())}.";

    private static void Check(string experiment, ExperimentOptions own, List<string> failures)
    {
        if (own.SamplingRate is { } rate && SamplingRateError(rate) is { } rateError)
        {
            failures.Add($"DataPlaneOptions.{experiment}:{nameof(own.SamplingRate)} {rateError}");
        }

        if (own.ExposureSemantics is { } semantics && SemanticsError(semantics) is { } semanticsError)
        {
            failures.Add($"DataPlaneOptions.{experiment}:{nameof(own.ExposureSemantics)} {semanticsError}");
        }

        if (own.RepeatWindow is { } window)
        {
            Require($"{experiment}:{nameof(own.RepeatWindow)}", window, OptionRanges.RepeatWindow, failures);
        }

        if (own.RepeatCapacity is { } capacity)
        {
            Require($"{experiment}:{nameof(own.RepeatCapacity)}", capacity, OptionRanges.RepeatCapacity, failures);
        }
    }

    /// <returns>Whether the value is in its range.</returns>
    private static bool Require<T>(string option, T value, OptionRange<T> range, List<string> failures)
        where T : struct, IComparable<T>, IFormattable
    {
        if (range.Contains(value))
        {
            return true;
        }

        failures.Add(string.Create(CultureInfo.InvariantCulture, $"DataPlaneOptions.{option} is {value}; it must be {range}."));
        return false;
    }
}
