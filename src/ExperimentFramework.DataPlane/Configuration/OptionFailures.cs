using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane;

/// <summary>Results of validations.</summary>
internal static class OptionFailures
{
    /// <summary>
    /// Returns the result of a validation. Several failures become one message: the exception would join them with semicolons, although each is a sentence.
    /// </summary>
    /// <param name="failures">What is wrong, as sentences; empty if nothing is.</param>
    public static ValidateOptionsResult Result(IReadOnlyCollection<string> failures) =>
        failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(string.Join(' ', failures));
}

/// <summary>Collects what is wrong with options. Each message names the option, its value and its range.</summary>
/// <typeparam name="TOptions">The type of the options.</typeparam>
/// <param name="section">The section of the configuration that the options are bound from; null if they are not.</param>
internal sealed class OptionFailures<TOptions>(IConfigurationSection? section = null)
    where TOptions : class
{
    private readonly List<string> _failures = [];

    public ValidateOptionsResult Result => OptionFailures.Result(_failures);

    /// <summary>Validates options that no container validates.</summary>
    /// <exception cref="OptionsValidationException">The options are not valid.</exception>
    public static void Throw(IValidateOptions<TOptions> validator, TOptions options)
    {
        if (validator.Validate(null, options) is { Failed: true } result)
        {
            throw new OptionsValidationException(Options.DefaultName, typeof(TOptions), result.Failures);
        }
    }

    /// <summary>Adds a failure of an option that is not set directly in the configuration.</summary>
    /// <param name="option">The option's name.</param>
    /// <param name="failure">What is wrong with it, as the rest of a sentence.</param>
    public void Add(string option, FormattableString failure) => AddFor(Subject(option, isConfigured: false), failure);

    /// <summary>Adds a failure.</summary>
    /// <param name="option">The option's name.</param>
    /// <param name="value">Its value.</param>
    /// <param name="failure">What is wrong with it, as the rest of a sentence.</param>
    public void Add<T>(string option, T value, FormattableString failure)
        where T : struct, IParsable<T>
    {
        AddFor(Subject(option, isConfigured: T.TryParse(section?[option], CultureInfo.InvariantCulture, out var configured) && EqualityComparer<T>.Default.Equals(configured, value)), failure);
    }

    public void Require<T>(string option, T value, OptionRange<T> range)
        where T : struct, IComparable<T>, IFormattable, IParsable<T>
    {
        if (!range.Contains(value))
        {
            Add(option, value, $"is {value}; it must be {range}.");
        }
    }

    public void RequireDefined<TEnum>(string option, TEnum value)
        where TEnum : struct, Enum
    {
        if (!Enum.IsDefined(value))
        {
            AddFor(
                Subject(option, isConfigured: Enum.TryParse<TEnum>(section?[option], ignoreCase: true, out var configured) && EqualityComparer<TEnum>.Default.Equals(configured, value)),
                $"is {value:D}; it must be one of {string.Join(", ", Enum.GetNames<TEnum>())}.");
        }
    }

    /// <summary>Names an option by its key if the configuration set it. A value that code has overridden cannot be found in the configuration.</summary>
    private string Subject(string option, bool isConfigured) =>
        isConfigured ? $"Configuration value '{section!.Path}:{option}'" : $"{typeof(TOptions).Name}.{option}";

    private void AddFor(string subject, FormattableString failure) => _failures.Add($"{subject} {failure.ToString(CultureInfo.InvariantCulture)}");
}
