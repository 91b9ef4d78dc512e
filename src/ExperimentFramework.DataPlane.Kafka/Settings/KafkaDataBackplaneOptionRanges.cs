namespace ExperimentFramework.DataPlane.Kafka;

/// <summary>The ranges of <c>KafkaDataBackplaneOptions</c>. Compiled into the analyzers too.</summary>
internal static class KafkaDataBackplaneOptionRanges
{
    public static readonly OptionRange<TimeSpan> Linger = OptionRange<TimeSpan>.From(TimeSpan.Zero, TimeSpan.FromSeconds(1));
    public static readonly OptionRange<int> MaxMessageBytes = OptionRange<int>.From(1_000, 1_000_000_000);
    public static readonly OptionRange<TimeSpan> StatisticsInterval = OptionRange<TimeSpan>.From(TimeSpan.Zero, TimeSpan.FromHours(1));
}
