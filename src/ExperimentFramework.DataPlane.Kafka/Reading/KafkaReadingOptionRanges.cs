namespace ExperimentFramework.DataPlane.Kafka;

/// <summary>The ranges of <c>KafkaReadingOptions</c>. Compiled into the analyzers too.</summary>
internal static class KafkaReadingOptionRanges
{
    public static readonly OptionRange<TimeSpan> Timeout = OptionRange<TimeSpan>.From(TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
}
