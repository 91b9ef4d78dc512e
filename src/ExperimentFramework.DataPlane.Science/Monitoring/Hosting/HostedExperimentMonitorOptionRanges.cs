namespace ExperimentFramework.DataPlane.Science;

/// <summary>The range of <c>HostedExperimentMonitorOptions</c>. Compiled into the analyzers too.</summary>
internal static class HostedExperimentMonitorOptionRanges
{
    public static readonly OptionRange<TimeSpan> SnapshotInterval = OptionRange<TimeSpan>.From(TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));

    public static readonly OptionRange<long> MaxLedgerFileSize = OptionRange<long>.From(4_096, 1 << 30);
}
