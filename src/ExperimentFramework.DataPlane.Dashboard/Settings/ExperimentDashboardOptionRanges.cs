namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>The ranges of <c>ExperimentDashboardOptions</c>. Compiled into the analyzers too.</summary>
internal static class ExperimentDashboardOptionRanges
{
    public static readonly OptionRange<TimeSpan> UpdateInterval = OptionRange<TimeSpan>.From(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
    public static readonly OptionRange<int> MaxClients = OptionRange<int>.From(0, 10_000);
}
