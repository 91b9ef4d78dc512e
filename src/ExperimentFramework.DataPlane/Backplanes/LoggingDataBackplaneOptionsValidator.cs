using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane;

/// <summary>Validates <see cref="LoggingDataBackplaneOptions"/> at start-up. Each message names the option, its value and its range.</summary>
/// <param name="configuration">The configuration of the application, whose keys messages name; null if the options are not bound from one.</param>
internal sealed class LoggingDataBackplaneOptionsValidator(IConfiguration? configuration = null) : IValidateOptions<LoggingDataBackplaneOptions>
{
    public ValidateOptionsResult Validate(string? name, LoggingDataBackplaneOptions options)
    {
        var failures = new OptionFailures<LoggingDataBackplaneOptions>(ConfigurationKeyValidator.OfDestination(configuration, ConfigurationKeyValidator.LoggingSection));
        failures.RequireDefined(nameof(options.Format), options.Format);
        return failures.Result;
    }
}
