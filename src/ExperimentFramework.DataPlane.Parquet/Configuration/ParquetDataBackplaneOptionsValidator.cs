using System.Globalization;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>Validates <see cref="ParquetDataBackplaneOptions"/> at start-up. Each message names the option, its value and its range.</summary>
internal sealed class ParquetDataBackplaneOptionsValidator : IValidateOptions<ParquetDataBackplaneOptions>
{
    private static readonly OptionRange<long> RollBytes = OptionRange<long>.From(64 * 1024, 1024 * 1024 * 1024);
    private static readonly OptionRange<TimeSpan> RollInterval = OptionRange<TimeSpan>.From(TimeSpan.FromSeconds(1), TimeSpan.FromDays(7));
    private static readonly OptionRange<int> RowGroupRows = OptionRange<int>.From(32_768, 131_072);

    public ValidateOptionsResult Validate(string? name, ParquetDataBackplaneOptions options)
    {
        var failures = new List<string>();
        Require(nameof(options.RollBytes), options.RollBytes, RollBytes, failures);
        Require(nameof(options.RollInterval), options.RollInterval, RollInterval, failures);
        Require(nameof(options.RowGroupRows), options.RowGroupRows, RowGroupRows, failures);
        RequireDefined(nameof(options.Durability), options.Durability, failures);
        RequireDefined(nameof(options.Layout), options.Layout, failures);
        foreach (var (attribute, type) in options.AttributeColumns)
        {
            RequireDefined($"{nameof(options.AttributeColumns)}[\"{attribute}\"]", type, failures);
            if (string.IsNullOrWhiteSpace(attribute))
            {
                failures.Add($"{nameof(ParquetDataBackplaneOptions)}.{nameof(options.AttributeColumns)} has an attribute without a name; name the attribute whose values get a column.");
            }
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    /// <summary>Validates options that no container validates.</summary>
    /// <exception cref="OptionsValidationException">An option is out of its range.</exception>
    public static void Require(ParquetDataBackplaneOptions options)
    {
        if (new ParquetDataBackplaneOptionsValidator().Validate(null, options) is { Failed: true } result)
        {
            throw new OptionsValidationException(Options.DefaultName, typeof(ParquetDataBackplaneOptions), result.Failures);
        }
    }

    private static void Require<T>(string option, T value, OptionRange<T> range, List<string> failures)
        where T : struct, IComparable<T>, IFormattable
    {
        if (!range.Contains(value))
        {
            failures.Add(string.Create(CultureInfo.InvariantCulture, $"{nameof(ParquetDataBackplaneOptions)}.{option} is {value}; it must be {range}."));
        }
    }

    private static void RequireDefined<TEnum>(string option, TEnum value, List<string> failures)
        where TEnum : struct, Enum
    {
        if (!Enum.IsDefined(value))
        {
            failures.Add($"{nameof(ParquetDataBackplaneOptions)}.{option} is {value:D}; it must be one of {string.Join(", ", Enum.GetNames<TEnum>())}.");
        }
    }
}
