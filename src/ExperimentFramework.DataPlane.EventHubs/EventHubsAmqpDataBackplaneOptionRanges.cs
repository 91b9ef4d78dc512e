namespace ExperimentFramework.DataPlane.EventHubs;

/// <summary>The ranges of <c>EventHubsAmqpDataBackplaneOptions</c>. Compiled into the analyzers too.</summary>
internal static class EventHubsAmqpDataBackplaneOptionRanges
{
    public static readonly OptionRange<TimeSpan> SendTimeout = OptionRange<TimeSpan>.From(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5));
    public static readonly OptionRange<int> MaxConcurrentSends = OptionRange<int>.From(1, 1_000);
}
