using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.Kafka;

/// <summary>Binds the section <c>DataPlane:Kafka</c> of the application's configuration, if there is one, to the options of every Kafka destination.</summary>
internal sealed class KafkaDataBackplaneConfiguration(IConfiguration? configuration = null) : IConfigureNamedOptions<KafkaDataBackplaneOptions>
{
    private static readonly string[] Names =
    [
        nameof(KafkaDataBackplaneOptions.BootstrapServers),
        nameof(KafkaDataBackplaneOptions.Topic),
        nameof(KafkaDataBackplaneOptions.TopicPerEventType),
        nameof(KafkaDataBackplaneOptions.Format),
        nameof(KafkaDataBackplaneOptions.Linger),
        nameof(KafkaDataBackplaneOptions.MaxMessageBytes),
        nameof(KafkaDataBackplaneOptions.StatisticsInterval),
        nameof(KafkaDataBackplaneOptions.Settings),
    ];

    public void Configure(KafkaDataBackplaneOptions options) => Configure(Options.DefaultName, options);

    public void Configure(string? name, KafkaDataBackplaneOptions options)
    {
        if (name?.StartsWith(EventHubsOptions.Prefix, StringComparison.Ordinal) == true
            || ConfigurationKeyValidator.OfDestination(configuration, ConfigurationKeyValidator.KafkaSection) is not { } section)
        {
            return;
        }

        ConfigurationKeyValidator.RequireValues(section, Names, nameof(options.Settings));
        ConfigurationEnumValidator.Require<EventFormat>(section.GetSection(nameof(options.Format)));
        DurationValidator.RequireUnambiguous(section.GetSection(nameof(options.Linger)));
        DurationValidator.RequireUnambiguous(section.GetSection(nameof(options.StatisticsInterval)));
        ByteCountValidator.Require(section.GetSection(nameof(options.MaxMessageBytes)));
        section.Bind(options);
    }
}
