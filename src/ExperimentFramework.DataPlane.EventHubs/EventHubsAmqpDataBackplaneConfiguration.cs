using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.EventHubs;

/// <summary>
/// Binds the section <c>DataPlane:EventHubsAmqp</c> of the application's configuration, if there is one, to the options of every destination of this package. Option by option, because
/// the client's configuration is code.
/// </summary>
internal sealed class EventHubsAmqpDataBackplaneConfiguration(IConfiguration? configuration = null) : IConfigureNamedOptions<EventHubsAmqpDataBackplaneOptions>
{
    private static readonly string[] Names =
    [
        nameof(EventHubsAmqpDataBackplaneOptions.Format),
        nameof(EventHubsAmqpDataBackplaneOptions.SendTimeout),
        nameof(EventHubsAmqpDataBackplaneOptions.MaxConcurrentSends),
    ];

    public void Configure(EventHubsAmqpDataBackplaneOptions options) => Configure(Options.DefaultName, options);

    public void Configure(string? name, EventHubsAmqpDataBackplaneOptions options)
    {
        if (ConfigurationKeyValidator.OfDestination(configuration, ConfigurationKeyValidator.EventHubsAmqpSection) is not { } section)
        {
            return;
        }

        ConfigurationKeyValidator.RequireValues(section, Names);
        ConfigurationEnumValidator.Require<EventFormat>(section.GetSection(nameof(options.Format)));
        DurationValidator.RequireUnambiguous(section.GetSection(nameof(options.SendTimeout)));
        options.Format = section.GetValue(nameof(options.Format), options.Format);
        options.SendTimeout = section.GetValue(nameof(options.SendTimeout), options.SendTimeout);
        options.MaxConcurrentSends = section.GetValue(nameof(options.MaxConcurrentSends), options.MaxConcurrentSends);
    }
}
