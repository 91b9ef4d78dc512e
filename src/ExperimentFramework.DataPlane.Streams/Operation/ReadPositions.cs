using System.Collections.Concurrent;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Streamiz.Kafka.Net.Kafka;

namespace ExperimentFramework.DataPlane.Streams;

/// <summary>Where the engine reads on. Notices messages that a topic deleted before they were read: the client goes on with the oldest one that is left, and the engine says nothing.</summary>
/// <param name="loggers">Creates the logger.</param>
internal sealed partial class ReadPositions(ILoggerFactory loggers)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<TopicPartition, long> _next = [];
    private readonly ConcurrentDictionary<TopicPartition, bool> _continued = [];
    private readonly NonThrowingLogger _logger = NonThrowingLogger.Of(loggers.CreateLogger(DataPlaneLogCategories.Monitoring));
    private volatile IConsumer<byte[], byte[]>? _consumer;
    private long _skipped;

    /// <summary>The messages that were deleted before they were read.</summary>
    public long Skipped => Interlocked.Read(ref _skipped);

    /// <summary>Whether messages of a partition had been read and committed before it was assigned last.</summary>
    public bool IsContinued(string topic, int partition) => _continued.GetValueOrDefault(new TopicPartition(topic, partition));

    /// <summary>Notes where reading goes on before the engine takes partitions over.</summary>
    /// <param name="inner">The engine, which is called after that.</param>
    public IConsumerRebalanceListener Before(IConsumerRebalanceListener inner) => new Listener(this, inner);

    /// <summary>Called for each message that is read, in the order of its partition.</summary>
    public void OnRead(TopicPartitionOffset message)
    {
        var (partition, offset) = (message.TopicPartition, message.Offset.Value);
        if (_next.TryGetValue(partition, out var next) && offset > next && OldestOf(partition) is var oldest && oldest > next)
        {
            var skipped = Math.Min(oldest, offset) - next;
            Interlocked.Add(ref _skipped, skipped);
            LogSkipped(skipped, partition.Partition.Value, partition.Topic, next);
        }

        _next[partition] = offset + 1;
    }

    private void OnAssigned(IConsumer<byte[], byte[]> consumer, List<TopicPartition> partitions)
    {
        _consumer = consumer;
        foreach (var partition in partitions)
        {
            _next.TryRemove(partition, out _);
            _continued.TryRemove(partition, out _);
        }

        try
        {
            foreach (var committed in consumer.Committed(partitions, Patience).Where(static committed => committed.Offset >= 0))
            {
                _next[committed.TopicPartition] = committed.Offset.Value;
                _continued[committed.TopicPartition] = true;
            }
        }
        catch (KafkaException)
        {
            // The engine needs the same brokers, and reports that they do not answer. What was skipped until the first message is not known.
        }
    }

    /// <summary>The oldest offset of a partition; 0 if it is not known. Offsets without a message are no loss if they are newer: the end of a transaction takes one.</summary>
    private long OldestOf(TopicPartition partition)
    {
        try
        {
            return _consumer?.QueryWatermarkOffsets(partition, Patience).Low.Value ?? 0;
        }
        catch (KafkaException)
        {
            return 0;
        }
    }

    [LoggerMessage(327, LogLevel.Warning, "{Messages} messages of partition {Partition} of topic {Topic}, from offset {Offset} on, were deleted before the experiment monitor read them, and are not counted. Keep messages for longer than the monitor may be stopped or behind: raise retention.ms or retention.bytes of the topic, or start more instances.", EventName = "StreamMessagesSkipped")]
    private partial void LogSkipped(long messages, int partition, string topic, long offset);

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
