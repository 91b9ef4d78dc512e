namespace ExperimentFramework.DataPlane.Kafka;

/// <summary>A place in a topic.</summary>
/// <param name="Topic">The name of the topic.</param>
/// <param name="Partition">The number of the partition; the first one is 0.</param>
/// <param name="Offset">The offset in the partition; the first one is 0.</param>
public readonly record struct KafkaPosition(string Topic, int Partition, long Offset)
{
    /// <summary>The place after this one, from which reading continues: see <see cref="KafkaReadingOptions.StartPositions"/>.</summary>
    public KafkaPosition Next => this with { Offset = Offset + 1 };
}
