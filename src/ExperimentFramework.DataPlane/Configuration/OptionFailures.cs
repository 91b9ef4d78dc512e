using System.Globalization;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane;

/// <summary>Collects what is wrong with options. Each message names the option, its value and its range.</summary>
/// <typeparam name="TOptions">The type of the options.</typeparam>
internal sealed class OptionFailures<TOptions>
    where TOptions : class
{
    private readonly List<string> _failures = [];

    public ValidateOptionsResult Result => _failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(_failures);

    /// <summary>Validates options that no container validates.</summary>
    /// <exception cref="OptionsValidationException">The options are not valid.</exception>
    public static void Throw(IValidateOptions<TOptions> validator, TOptions options)
    {
        if (validator.Validate(null, options) is { Failed: true } result)
        {
            throw new OptionsValidationException(Options.DefaultName, typeof(TOptions), result.Failures);
        }
    }

    /// <summary>Adds a failure.</summary>
    /// <param name="option">The option's name.</param>
    /// <param name="failure">What is wrong with it, as the rest of a sentence.</param>
    public void Add(string option, FormattableString failure) =>
        _failures.Add($"{typeof(TOptions).Name}.{option} {failure.ToString(CultureInfo.InvariantCulture)}");

    public void Require<T>(string option, T value, OptionRange<T> range)
        where T : struct, IComparable<T>, IFormattable
    {
        if (!range.Contains(value))
        {
            Add(option, $"is {value}; it must be {range}.");
        }
    }

    public void RequireDefined<TEnum>(string option, TEnum value)
        where TEnum : struct, Enum
    {
        if (!Enum.IsDefined(value))
        {
            Add(option, $"is {value:D}; it must be one of {string.Join(", ", Enum.GetNames<TEnum>())}.");
        }
    }
}
