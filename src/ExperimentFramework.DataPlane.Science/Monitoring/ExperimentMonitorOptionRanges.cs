namespace ExperimentFramework.DataPlane.Science;

/// <summary>The ranges of <c>ExperimentMonitorOptions</c>. Compiled into the analyzers too.</summary>
internal static class ExperimentMonitorOptionRanges
{
    public static readonly OptionRange<int> MaxExperiments = OptionRange<int>.From(1, 100_000);
    public static readonly OptionRange<int> MaxSubjectSlots = OptionRange<int>.From(1_024, 1 << 24);
    public static readonly OptionRange<int> HostCount = OptionRange<int>.From(1, 10_000);
    public static readonly OptionRange<int> MaxImmatureSubjects = OptionRange<int>.From(1_024, 1 << 24);
}
