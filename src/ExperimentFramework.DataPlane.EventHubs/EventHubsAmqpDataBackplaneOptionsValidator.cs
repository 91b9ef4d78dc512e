using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.EventHubs;

/// <summary>Validates <see cref="EventHubsAmqpDataBackplaneOptions"/> at start-up. Each message names the option, its value and its range.</summary>
/// <param name="configuration">The configuration of the application, whose keys messages name; null if the options are not bound from one.</param>
internal sealed class EventHubsAmqpDataBackplaneOptionsValidator(IConfiguration? configuration = null) : IValidateOptions<EventHubsAmqpDataBackplaneOptions>
{
    public ValidateOptionsResult Validate(string? name, EventHubsAmqpDataBackplaneOptions options)
    {
        var failures = new OptionFailures<EventHubsAmqpDataBackplaneOptions>(
            ConfigurationKeyValidator.OfDestination(configuration, ConfigurationKeyValidator.EventHubsAmqpSection));
        failures.RequireDefined(nameof(options.Format), options.Format);
        failures.Require(nameof(options.SendTimeout), options.SendTimeout, EventHubsAmqpDataBackplaneOptionRanges.SendTimeout);
        failures.Require(nameof(options.MaxConcurrentSends), options.MaxConcurrentSends, EventHubsAmqpDataBackplaneOptionRanges.MaxConcurrentSends);
        return failures.Result;
    }
}
