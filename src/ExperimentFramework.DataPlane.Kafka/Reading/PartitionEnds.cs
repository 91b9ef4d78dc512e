using Confluent.Kafka;

namespace ExperimentFramework.DataPlane.Kafka;

/// <summary>The partitions that have not yet been read to their end, each with the offset at which it ended when reading started.</summary>
internal sealed class PartitionEnds
{
    private readonly Dictionary<TopicPartition, long> _ends = [];

    /// <summary>Whether all partitions have been read.</summary>
    public bool AreReached => _ends.Count == 0;

    /// <summary>Whether a partition has not yet been read to its end.</summary>
    public bool IsOpen(TopicPartition partition) => _ends.ContainsKey(partition);

    /// <summary>Adds a partition.</summary>
    public void Add(TopicPartition partition, long end) => _ends.Add(partition, end);

    /// <summary>Counts a message.</summary>
    /// <returns>Whether it is before the end of its partition.</returns>
    public bool TryPass(TopicPartition partition, long offset)
    {
        if (!_ends.TryGetValue(partition, out var end))
        {
            return false;
        }

        if (offset + 1 >= end)
        {
            _ends.Remove(partition);
        }

        return offset < end;
    }

    /// <summary>Ends a partition that has no more messages for this client: the last offsets may be those of transactions, or of messages that compaction has removed.</summary>
    public void Finish(TopicPartition partition) => _ends.Remove(partition);
}
