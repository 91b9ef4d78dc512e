using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Streamiz.Kafka.Net.Kafka;

namespace ExperimentFramework.DataPlane.Streams;

/// <summary>Where the engine reads on. Notices messages that a topic deleted before they were read: the client goes on with the oldest one that is left, and the engine says nothing.</summary>
/// <param name="time">The clock.</param>
/// <param name="loggers">Creates the logger.</param>
internal sealed partial class ReadPositions(TimeProvider time, ILoggerFactory loggers)
{
    private static readonly TimeSpan AssignmentPatience = TimeSpan.FromSeconds(10);

    /// <summary>The engine reads nothing while the brokers are asked, so they are asked about a partition at most once per interval.</summary>
    private static readonly TimeSpan QueryInterval = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan QueryPatience = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<TopicPartition, Position> _positions = [];
    private readonly NonThrowingLogger _logger = NonThrowingLogger.Of(loggers.CreateLogger(DataPlaneLogCategories.Monitoring));
    private volatile IConsumer<byte[], byte[]>? _consumer;
    private long _skipped;

    /// <summary>The messages that were deleted before they were read.</summary>
    public long Skipped => Interlocked.Read(ref _skipped);

    /// <summary>Whether messages of a partition had been read and committed before it was assigned last; false if the brokers did not say.</summary>
    public bool IsContinued(string topic, int partition)
    {
        lock (_lock)
        {
            return _positions.TryGetValue(new TopicPartition(topic, partition), out var position) && position.IsContinued;
        }
    }

    /// <summary>Notes where reading goes on before the engine takes partitions over.</summary>
    /// <param name="inner">The engine, which is called after that.</param>
    public IConsumerRebalanceListener Before(IConsumerRebalanceListener inner) => new Listener(this, inner);

    /// <summary>Called for each message that is read, in the order of its partition.</summary>
    public void OnRead(TopicPartitionOffset message)
    {
        Position position;
        lock (_lock)
        {
            if (!_positions.TryGetValue(message.TopicPartition, out position!))
            {
                _positions.Add(message.TopicPartition, position = new Position());
            }

            position.MoveTo(message.Offset.Value);
            if (position.Gap is null || !TryBeginQuery(position))
            {
                return;
            }
        }

        Explain(message.TopicPartition, position);
    }

    private void OnAssigned(IConsumer<byte[], byte[]> consumer, List<TopicPartition> partitions)
    {
        lock (_lock)
        {
            _consumer = consumer;
            partitions.ForEach(partition => _positions.Remove(partition));
        }

        try
        {
            var known = consumer.Committed(partitions, AssignmentPatience).Where(static committed => committed.Offset >= 0).ToArray();
            lock (_lock)
            {
                foreach (var committed in known)
                {
                    _positions[committed.TopicPartition] = new Position { Next = committed.Offset.Value, IsContinued = true };
                }
            }
        }
        catch (KafkaException)
        {
            // The engine needs the same brokers, and reports that they do not answer. What was skipped until the first message is not known.
        }
    }

    private bool TryBeginQuery(Position position)
    {
        if (position.QueriedAt is { } queried && time.GetElapsedTime(queried) < QueryInterval)
        {
            return false;
        }

        position.QueriedAt = time.GetTimestamp();
        return true;
    }

    /// <summary>Finds out whether messages were deleted where offsets are missing. Offsets without a message are no loss if they are newer than the oldest message: the end of a transaction takes one.</summary>
    private void Explain(TopicPartition partition, Position position)
    {
        long oldest;
        try
        {
            oldest = _consumer?.QueryWatermarkOffsets(partition, QueryPatience).Low.Value ?? 0;
        }
        catch (KafkaException)
        {
            // It is asked again with a later message.
            return;
        }

        var (from, to) = position.Gap!.Value;
        position.Gap = null;
        if (oldest > from)
        {
            var skipped = Math.Min(oldest, to) - from;
            Interlocked.Add(ref _skipped, skipped);
            LogSkipped(skipped, partition.Partition.Value, partition.Topic, from);
        }
    }

    [LoggerMessage(327, LogLevel.Warning, "{Messages} messages of partition {Partition} of topic {Topic}, from offset {Offset} on, were deleted before the experiment monitor read them, and are not counted. Keep messages for longer than the monitor may be stopped or behind: raise retention.ms or retention.bytes of the topic, or start more instances.", EventName = "StreamMessagesSkipped")]
    private partial void LogSkipped(long messages, int partition, string topic, long offset);

    /// <summary>How far a partition has been read. Only the thread that reads the partition changes it.</summary>
    private sealed class Position
    {
        /// <summary>The offset of the next message; null if it is not known.</summary>
        public long? Next { get; set; }

        public bool IsContinued { get; init; }

        /// <summary>The offsets that are missing and not explained yet: the most that were missing at once, because deleted messages are many.</summary>
        public (long From, long To)? Gap { get; set; }

        public long? QueriedAt { get; set; }

        public void MoveTo(long offset)
        {
            if (Next is { } next && offset > next && (Gap is not var (from, to) || offset - next > to - from))
            {
                Gap = (next, offset);
            }

            Next = offset + 1;
        }
    }

    private sealed class Listener(ReadPositions positions, IConsumerRebalanceListener inner) : IConsumerRebalanceListener
    {
        public void PartitionsAssigned(IConsumer<byte[], byte[]> consumer, List<TopicPartition> partitions)
        {
            positions.OnAssigned(consumer, partitions);
            inner.PartitionsAssigned(consumer, partitions);
        }

        public void PartitionsRevoked(IConsumer<byte[], byte[]> consumer, List<TopicPartitionOffset> partitions) => inner.PartitionsRevoked(consumer, partitions);

        public void PartitionsLost(IConsumer<byte[], byte[]> consumer, List<TopicPartitionOffset> partitions) => inner.PartitionsLost(consumer, partitions);
    }
}
