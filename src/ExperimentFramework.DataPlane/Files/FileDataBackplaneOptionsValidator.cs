using System.Globalization;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane;

/// <summary>Validates <see cref="FileDataBackplaneOptions"/> at start-up. Each message names the option, its value and its range.</summary>
internal sealed class FileDataBackplaneOptionsValidator : IValidateOptions<FileDataBackplaneOptions>
{
    public ValidateOptionsResult Validate(string? name, FileDataBackplaneOptions options)
    {
        var failures = new List<string>();
        Require(nameof(options.RollBytes), options.RollBytes, OptionRanges.RollBytes, failures);
        Require(nameof(options.RollInterval), options.RollInterval, OptionRanges.RollInterval, failures);
        RequireDefined(nameof(options.Durability), options.Durability, failures);
        RequireDefined(nameof(options.Compression), options.Compression, failures);
        RequireDefined(nameof(options.Layout), options.Layout, failures);
        if (options.RetentionAge is { } age)
        {
            Require(nameof(options.RetentionAge), age, OptionRanges.RetentionAge, failures);
        }

        if (options.RetentionBytes is { } bytes)
        {
            Require(nameof(options.RetentionBytes), bytes, OptionRanges.RetentionBytes, failures);
            if (bytes < options.RollBytes)
            {
                failures.Add(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{nameof(FileDataBackplaneOptions)}.{nameof(options.RetentionBytes)} is {bytes}; it must be at least {options.RollBytes} ({nameof(options.RollBytes)}), or each file would be deleted when it is finished."));
            }
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    /// <summary>Validates options that no container validates.</summary>
    /// <exception cref="OptionsValidationException">An option is out of its range.</exception>
    public static void Require(FileDataBackplaneOptions options)
    {
        if (new FileDataBackplaneOptionsValidator().Validate(null, options) is { Failed: true } result)
        {
            throw new OptionsValidationException(Options.DefaultName, typeof(FileDataBackplaneOptions), result.Failures);
        }
    }

    private static void Require<T>(string option, T value, OptionRange<T> range, List<string> failures)
        where T : struct, IComparable<T>, IFormattable
    {
        if (!range.Contains(value))
        {
            failures.Add(string.Create(CultureInfo.InvariantCulture, $"{nameof(FileDataBackplaneOptions)}.{option} is {value}; it must be {range}."));
        }
    }

    private static void RequireDefined<TEnum>(string option, TEnum value, List<string> failures)
        where TEnum : struct, Enum
    {
        if (!Enum.IsDefined(value))
        {
            failures.Add($"{nameof(FileDataBackplaneOptions)}.{option} is {value:D}; it must be one of {string.Join(", ", Enum.GetNames<TEnum>())}.");
        }
    }
}
