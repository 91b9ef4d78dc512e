namespace ExperimentFramework.DataPlane.Streams;

/// <summary>The ranges of <c>ExperimentMonitorStreamsOptions</c>. Compiled into the analyzers too.</summary>
internal static class ExperimentMonitorStreamsOptionRanges
{
    public static readonly OptionRange<TimeSpan> ReportInterval = OptionRange<TimeSpan>.From(TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1));
    public static readonly OptionRange<int> ReplicationFactor = OptionRange<int>.From(1, 100);
    public static readonly OptionRange<int> MaxExperiments = OptionRange<int>.From(1, 100_000);
}
