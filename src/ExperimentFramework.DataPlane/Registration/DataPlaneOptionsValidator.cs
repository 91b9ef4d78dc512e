using System.Globalization;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane;

/// <summary>Checks <see cref="DataPlaneOptions"/> at start-up: each message names the option, its value and its range.</summary>
internal sealed class DataPlaneOptionsValidator : IValidateOptions<DataPlaneOptions>
{
    private const int MaxRepeatCapacity = 100_000_000;
    private static readonly TimeSpan MaxRepeatWindow = TimeSpan.FromDays(365);

    public ValidateOptionsResult Validate(string? name, DataPlaneOptions options)
    {
        var failures = new List<string>();
        if (SemanticsFault(options.ExposureSemantics) is { } semantics)
        {
            failures.Add($"DataPlaneOptions.{nameof(options.ExposureSemantics)} {semantics}");
        }

        if (SamplingRateFault(options.SamplingRate) is { } rate)
        {
            failures.Add($"DataPlaneOptions.{nameof(options.SamplingRate)} {rate}");
        }

        if (options.RepeatWindow <= TimeSpan.Zero || options.RepeatWindow > MaxRepeatWindow)
        {
            failures.Add($"DataPlaneOptions.{nameof(options.RepeatWindow)} is {options.RepeatWindow}; it has to be more than 0 and at most {MaxRepeatWindow.TotalDays} days.");
        }

        if (options.RepeatCapacity is < 1 or > MaxRepeatCapacity)
        {
            failures.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"DataPlaneOptions.{nameof(options.RepeatCapacity)} is {options.RepeatCapacity}; it has to be from 1 to {MaxRepeatCapacity}."));
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    /// <summary>What is wrong with a sampling rate, wherever it is set; null for nothing.</summary>
    public static string? SamplingRateFault(double rate) =>
        rate is >= 0 and <= 1 ? null : string.Create(CultureInfo.InvariantCulture, $"is {rate}; it has to be from 0 to 1.");

    /// <summary>What is wrong with semantics, wherever they are set; null for nothing.</summary>
    public static string? SemanticsFault(ExposureSemantics semantics) =>
        Enum.IsDefined(semantics) ? null : $"is {(int)semantics}; it has to be one of {string.Join(", ", Enum.GetNames<ExposureSemantics>())}.";
}
