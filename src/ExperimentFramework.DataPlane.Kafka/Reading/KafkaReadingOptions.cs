namespace ExperimentFramework.DataPlane.Kafka;

/// <summary>How topics are read.</summary>
public sealed class KafkaReadingOptions
{
    /// <summary>
    /// Receives each message that is not an event, after which reading continues with the next one. Without a value such a message ends reading with an <see cref="InvalidDataException"/>. Default: none.
    /// </summary>
    public Action<UnreadableMessage>? OnUnreadableMessage { get; set; }

    /// <summary>Whether reading continues at the end of the topic, with events as they arrive, also in partitions that are added, until it is canceled. Otherwise it ends where the partitions ended when reading started. Default: false.</summary>
    public bool Follow { get; set; }

    /// <summary>
    /// Whether the events of all partitions are returned in order of time, as far as those of each partition are in order. Up to 1,000 events of each partition wait in memory for the others. Not with <see cref="Follow"/>. Default: false.
    /// </summary>
    public bool OrderByTime { get; set; }

    /// <summary>
    /// Where reading begins, with one position per partition: the offset is that of the first message to read. Partitions without one are read from their beginning. Not with
    /// <see cref="GroupId"/>. Default: empty.
    /// </summary>
    public IList<KafkaPosition> StartPositions { get; } = [];

    /// <summary>
    /// The consumer group, which divides the partitions among its members and stores how far they have read: an event counts as read when the next one is requested. A group that is new
    /// begins with the first events. Only with <see cref="Follow"/>. Without a value, all partitions are read and nothing is stored. Default: none.
    /// </summary>
    public string? GroupId { get; set; }

    /// <summary>
    /// How long to wait for brokers that do not answer, from 1 second to 1 hour: after that, reading ends with an error that says why. Topics without new events are not affected. A reader that follows topics looks for added partitions as often. Default: 30 seconds.
    /// </summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Further settings of the client by their librdkafka names, such as <c>security.protocol</c> or <c>sasl.username</c>. Values appear in no message. Default: empty.
    /// </summary>
    public IDictionary<string, string> Settings { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Called once, when the brokers have returned the first message, or the end of a partition.</summary>
    internal Action? OnAnswered { get; set; }

    /// <summary>Receives each gap, after which reading continues with the first message that there is. Without a value a gap is an error, unless <c>auto.offset.reset</c> is set. Not with <see cref="GroupId"/>.</summary>
    internal Action<ReadingGap>? OnGap { get; set; }
}
