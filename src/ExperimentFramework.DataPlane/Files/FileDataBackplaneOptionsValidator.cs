using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane;

/// <summary>Validates <see cref="FileDataBackplaneOptions"/> at start-up. Each message names the option, its value and its range.</summary>
/// <param name="configuration">The configuration of the application, whose keys messages name; null if the options are not bound from one.</param>
internal sealed class FileDataBackplaneOptionsValidator(IConfiguration? configuration = null) : IValidateOptions<FileDataBackplaneOptions>
{
    public ValidateOptionsResult Validate(string? name, FileDataBackplaneOptions options)
    {
        var failures = new OptionFailures<FileDataBackplaneOptions>(ConfigurationKeyValidator.OfDestination(configuration, ConfigurationKeyValidator.FilesSection));
        failures.Require(nameof(options.RollBytes), options.RollBytes, OptionRanges.RollBytes);
        failures.Require(nameof(options.RollInterval), options.RollInterval, OptionRanges.RollInterval);
        failures.RequireDefined(nameof(options.Durability), options.Durability);
        failures.RequireDefined(nameof(options.Format), options.Format);
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
                failures.Add(nameof(options.RetentionBytes), bytes, $"is {bytes}; it must be at least {options.RollBytes} ({nameof(options.RollBytes)}), or each file would be deleted when it is finished.");
            }
        }

        return failures.Result;
    }
}
