namespace ExperimentFramework.DataPlane.Kafka;

/// <summary>Messages of a partition that cannot be read, because retention has deleted them or the topic was deleted and created again.</summary>
/// <param name="Expected">Where reading would have continued.</param>
/// <param name="Next">The offset at which it continues; null if the topic no longer has the partition.</param>
internal readonly record struct ReadingGap(KafkaPosition Expected, long? Next);
