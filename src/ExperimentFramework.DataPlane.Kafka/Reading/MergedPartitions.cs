using Confluent.Kafka;

namespace ExperimentFramework.DataPlane.Kafka;

/// <summary>
/// Merges the events of all partitions in order of time: an event is due when every partition that has not been read to its end has an event waiting, so that no earlier one can follow. A partition that is ahead of the others
/// is paused.
/// </summary>
/// <param name="consumer">The client that reads the partitions.</param>
internal sealed class MergedPartitions(IConsumer<Ignore, byte[]?> consumer)
{
    /// <summary>The maximum number of waiting events of a partition.</summary>
    private const int MaxWaiting = 1_000;

    private readonly Dictionary<TopicPartition, Queue<KafkaStoredEvent>> _waiting = [];
    private readonly PriorityQueue<TopicPartition, (DateTimeOffset Time, Guid Id)> _heads = new();
    private readonly HashSet<TopicPartition> _awaited = [];
    private readonly HashSet<TopicPartition> _paused = [];

    /// <summary>Adds a partition that has events.</summary>
    public void Open(TopicPartition partition)
    {
        _waiting.Add(partition, new Queue<KafkaStoredEvent>());
        _awaited.Add(partition);
    }

    /// <summary>Ends a partition: no event of it will follow.</summary>
    public void Close(TopicPartition partition) => _awaited.Remove(partition);

    /// <summary>Adds the next event of a partition.</summary>
    public void Add(KafkaStoredEvent stored)
    {
        var partition = new TopicPartition(stored.Position.Topic, stored.Position.Partition);
        var waiting = _waiting[partition];
        waiting.Enqueue(stored);
        if (waiting.Count == 1)
        {
            _awaited.Remove(partition);
            _heads.Enqueue(partition, OrderOf(stored));
        }

        if (waiting.Count == MaxWaiting && _paused.Add(partition))
        {
            consumer.Pause([partition]);
        }
    }

    /// <summary>Takes the earliest event.</summary>
    /// <param name="ends">The partitions that are not read to their end.</param>
    /// <returns>Null if an earlier one may still come, or there is none.</returns>
    public KafkaStoredEvent? Take(PartitionEnds ends)
    {
        if (_awaited.Count > 0 || !_heads.TryDequeue(out var partition, out _))
        {
            return null;
        }

        var waiting = _waiting[partition];
        var earliest = waiting.Dequeue();
        if (waiting.TryPeek(out var next))
        {
            _heads.Enqueue(partition, OrderOf(next));
        }
        else if (ends.IsOpen(partition))
        {
            _awaited.Add(partition);
            if (_paused.Remove(partition))
            {
                consumer.Resume([partition]);
            }
        }

        return earliest;
    }

    private static (DateTimeOffset Time, Guid Id) OrderOf(KafkaStoredEvent stored) => (stored.Envelope.Timestamp, stored.Envelope.EventId);
}
