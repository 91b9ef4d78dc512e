using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane;

/// <summary>Validates <see cref="FileDataBackplaneOptions"/> at start-up. Each message names the option, its value and its range.</summary>
internal sealed class FileDataBackplaneOptionsValidator : IValidateOptions<FileDataBackplaneOptions>
{
    public ValidateOptionsResult Validate(string? name, FileDataBackplaneOptions options)
    {
        var failures = new OptionFailures<FileDataBackplaneOptions>();
        failures.Require(nameof(options.RollBytes), options.RollBytes, OptionRanges.RollBytes);
        failures.Require(nameof(options.RollInterval), options.RollInterval, OptionRanges.RollInterval);
        failures.RequireDefined(nameof(options.Durability), options.Durability);
        failures.RequireDefined(nameof(options.Compression), options.Compression);
        failures.RequireDefined(nameof(options.Layout), options.Layout);
        if (options.RetentionAge is { } age)
        {
            failures.Require(nameof(options.RetentionAge), age, OptionRanges.RetentionAge);
        }

        if (options.RetentionBytes is { } bytes)
        {
            failures.Require(nameof(options.RetentionBytes), bytes, OptionRanges.RetentionBytes);
            if (bytes < options.RollBytes)
            {
                failures.Add(nameof(options.RetentionBytes), $"is {bytes}; it must be at least {options.RollBytes} ({nameof(options.RollBytes)}), or each file would be deleted when it is finished.");
            }
        }

        return failures.Result;
    }
}
