using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.Streams;

/// <summary>Binds the section <c>DataPlane:Streams</c> of the application's configuration, if there is one.</summary>
internal sealed class ExperimentMonitorStreamsConfiguration(IConfiguration? configuration = null) : IConfigureOptions<ExperimentMonitorStreamsOptions>
{
    private static readonly string[] Names =
    [
        nameof(ExperimentMonitorStreamsOptions.BootstrapServers),
        nameof(ExperimentMonitorStreamsOptions.Topic),
        nameof(ExperimentMonitorStreamsOptions.SignalsTopic),
        nameof(ExperimentMonitorStreamsOptions.ApplicationId),
        nameof(ExperimentMonitorStreamsOptions.StateFolder),
        nameof(ExperimentMonitorStreamsOptions.ReportInterval),
        nameof(ExperimentMonitorStreamsOptions.ReplicationFactor),
        nameof(ExperimentMonitorStreamsOptions.MaxExperiments),
        nameof(ExperimentMonitorStreamsOptions.SegmentAttributes),
        nameof(ExperimentMonitorStreamsOptions.Settings),
    ];

    public void Configure(ExperimentMonitorStreamsOptions options)
    {
        if (ConfigurationKeyValidator.OfDestination(configuration, ConfigurationKeyValidator.StreamsSection) is not { } section)
        {
            return;
        }

        ConfigurationKeyValidator.RequireValues(section, Names, nameof(options.SegmentAttributes), nameof(options.Settings));
        DurationValidator.RequireUnambiguous(section.GetSection(nameof(options.ReportInterval)));
        section.Bind(options);
    }
}
