using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>Binds the section <c>DataPlane:Monitor</c> of the application's configuration, if there is one.</summary>
internal sealed class HostedExperimentMonitorConfiguration(IConfiguration? configuration = null) : IConfigureOptions<HostedExperimentMonitorOptions>
{
    private static readonly string[] Names =
    [
        nameof(HostedExperimentMonitorOptions.MaxExperiments),
        nameof(HostedExperimentMonitorOptions.MaxSubjectSlots),
        nameof(HostedExperimentMonitorOptions.HostCount),
        nameof(HostedExperimentMonitorOptions.MaxImmatureSubjects),
        nameof(HostedExperimentMonitorOptions.SegmentAttributes),
        nameof(HostedExperimentMonitorOptions.SnapshotFile),
        nameof(HostedExperimentMonitorOptions.SnapshotInterval),
        nameof(HostedExperimentMonitorOptions.LedgerFile),
        nameof(HostedExperimentMonitorOptions.MaxLedgerFileSize),
    ];

    public void Configure(HostedExperimentMonitorOptions options)
    {
        if (ConfigurationKeyValidator.OfDestination(configuration, ConfigurationKeyValidator.MonitorSection) is not { } section)
        {
            return;
        }

        ConfigurationKeyValidator.RequireValues(section, Names, nameof(options.SegmentAttributes));
        DurationValidator.RequireUnambiguous(section.GetSection(nameof(options.SnapshotInterval)));
        section.Bind(options);
    }
}
