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
        var starts = options.StartPositions.ToDictionary(position => new TopicPartition(position.Topic, position.Partition));
        foreach (var missing in starts.Keys.Where(partition => !partitions.Contains(partition)))
        {
            if (options.OnGap is not { } onGap)
            {
                throw faults.Unreadable($"Topic '{missing.Topic}' has no partition {missing.Partition.Value}. Correct KafkaReadingOptions.{nameof(options.StartPositions)}.");
            }

            onGap(new ReadingGap(starts[missing], null));
        }

        var assigned = new List<TopicPartitionOffset>();
        foreach (var partition in partitions)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _assigned.Add(partition);
            var present = consumer.QueryWatermarkOffsets(partition, options.Timeout);
            Offset? start = starts.TryGetValue(partition, out var position) ? StartOf(position, present) : null;
            if (ends is null || (start ?? present.Low) < present.High)
            {
                assigned.Add(new TopicPartitionOffset(partition, start ?? Offset.Beginning));
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

    /// <summary>Continues with a partition that has no message at the offset that comes next, and blocks until the brokers have answered.</summary>
    /// <exception cref="IOException">A gap is an error.</exception>
    public void Continue(TopicPartitionOffset expected)
    {
        var present = consumer.QueryWatermarkOffsets(expected.TopicPartition, options.Timeout);
        var start = StartOf(new KafkaPosition(expected.Topic, expected.Partition, expected.Offset), present);
        consumer.IncrementalUnassign([expected.TopicPartition]);
        consumer.IncrementalAssign([new TopicPartitionOffset(expected.TopicPartition, start)]);
    }

    /// <summary>Returns the offset to start from: that of the position, or else the one that the application has chosen for a position that is not there.</summary>
    private Offset StartOf(KafkaPosition position, WatermarkOffsets present)
    {
        if (position.Offset >= present.Low && position.Offset <= present.High)
        {
            return position.Offset;
        }

        Offset? next = options.Settings.TryGetValue("auto.offset.reset", out var reset) ? reset.ToLowerInvariant() switch
        {
            "earliest" or "smallest" or "beginning" => present.Low,
            "latest" or "largest" or "end" => present.High,
            _ => null,
        } : null;
        if (options.OnGap is { } onGap)
        {
            next ??= present.Low;
            onGap(new ReadingGap(position, next.Value));
        }

        return next ?? throw faults.Unreadable(
            $"Partition {position.Partition} of topic '{position.Topic}' has the offsets from {present.Low.Value} to before {present.High.Value}, and not {position.Offset} (KafkaReadingOptions.{nameof(options.StartPositions)}): "
            + "the topic's retention has deleted events that were not read, or the topic was deleted and created again. Set auto.offset.reset to earliest to pass over them.");
    }
}
