using Confluent.Kafka;

namespace ExperimentFramework.DataPlane.Kafka;

/// <summary>The partitions of a reader without a group: all of them, each from its start position or else from its beginning.</summary>
/// <param name="consumer">The client that reads the partitions.</param>
/// <param name="faults">What the client reports about its connections.</param>
/// <param name="options">How to read.</param>
internal sealed class AssignedPartitions(IConsumer<Ignore, byte[]?> consumer, ClientFaults faults, KafkaReadingOptions options)
{
    private readonly HashSet<TopicPartition> _assigned = [];

    /// <summary>Begins reading partitions, and blocks until the brokers have answered.</summary>
    /// <param name="partitions">All partitions of the topics.</param>
    /// <param name="ends">Receives the partitions that have messages; null if reading does not end.</param>
    /// <param name="merged">Receives the partitions that have messages; null if they are not merged.</param>
    /// <param name="cancellationToken">Cancels the queries.</param>
    /// <exception cref="IOException">A position is not in its partition.</exception>
    public void Assign(IReadOnlyList<TopicPartition> partitions, PartitionEnds? ends, MergedPartitions? merged, CancellationToken cancellationToken)
    {
        var starts = options.StartPositions.ToDictionary(position => new TopicPartition(position.Topic, position.Partition), position => position.Offset);
        if (starts.Keys.FirstOrDefault(partition => !partitions.Contains(partition)) is { } missing)
        {
            throw faults.Unreadable($"Topic '{missing.Topic}' has no partition {missing.Partition.Value}. Correct KafkaReadingOptions.{nameof(options.StartPositions)}.");
        }

        var assigned = new List<TopicPartitionOffset>();
        foreach (var partition in partitions)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _assigned.Add(partition);
            var present = consumer.QueryWatermarkOffsets(partition, options.Timeout);
            var hasStart = starts.TryGetValue(partition, out var start);
            if (hasStart && (start < present.Low || start > present.High))
            {
                throw faults.Unreadable(
                    $"Partition {partition.Partition.Value} of topic '{partition.Topic}' has the offsets from {present.Low.Value} to before {present.High.Value}, and not {start} (KafkaReadingOptions.{nameof(options.StartPositions)}): "
                    + "the topic's retention has deleted events that were not read, or the topic was deleted and created again.");
            }

            if (ends is null || (hasStart ? start : present.Low) < present.High)
            {
                assigned.Add(new TopicPartitionOffset(partition, hasStart ? start : Offset.Beginning));
                ends?.Add(partition, present.High);
                merged?.Open(partition);
            }
        }

        consumer.Assign(assigned);
    }

    /// <summary>Begins reading the partitions that are new.</summary>
    public void Add(IReadOnlyList<TopicPartition> partitions)
    {
        TopicPartitionOffset[] added = [.. partitions.Where(_assigned.Add).Select(partition => new TopicPartitionOffset(partition, Offset.Beginning))];
        if (added.Length > 0)
        {
            consumer.IncrementalAssign(added);
        }
    }
}
