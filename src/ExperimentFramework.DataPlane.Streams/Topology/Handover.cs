using Confluent.Kafka;
using Streamiz.Kafka.Net.Kafka;

namespace ExperimentFramework.DataPlane.Streams;

/// <summary>
/// Hands partitions over even if what was read of them cannot be committed any more, for example because the group has given them away already. After a failed commit in a handover, the engine
/// would consider the handover unfinished, and never poll again. The instance that takes a partition over reads from the last commit; subjects that both have read are counted once.
/// </summary>
/// <param name="engine">The engine, which commits what it has read of the partitions and closes their tasks.</param>
/// <param name="monitor">Logs lost partitions and failed commits.</param>
internal sealed class Handover(IConsumerRebalanceListener engine, StreamsMonitor monitor) : IConsumerRebalanceListener
{
    private bool _isInProgress;
    private bool _isLost;

    /// <summary>Returns the consumer that the engine is to use.</summary>
    /// <param name="consumer">The consumer that calls this listener.</param>
    public IConsumer<byte[], byte[]> Guard(IConsumer<byte[], byte[]> consumer) => new Consumer(consumer, this);

    public void PartitionsAssigned(IConsumer<byte[], byte[]> consumer, List<TopicPartition> partitions) => engine.PartitionsAssigned(consumer, partitions);

    public void PartitionsRevoked(IConsumer<byte[], byte[]> consumer, List<TopicPartitionOffset> partitions)
    {
        _isInProgress = true;
        try
        {
            engine.PartitionsRevoked(consumer, partitions);
        }
        finally
        {
            _isInProgress = false;
            _isLost = false;
        }
    }

    public void PartitionsLost(IConsumer<byte[], byte[]> consumer, List<TopicPartitionOffset> partitions)
    {
        monitor.OnPartitionsLost(partitions.Count);
        _isLost = true;
        PartitionsRevoked(consumer, partitions);
    }

    private void Commit(IConsumer<byte[], byte[]> consumer, IEnumerable<TopicPartitionOffset> offsets)
    {
        try
        {
            consumer.Commit(offsets);
        }
        catch (KafkaException exception) when (_isInProgress)
        {
            if (!_isLost)
            {
                monitor.OnHandoverNotCommitted(offsets.Count(), exception.Error);
            }
        }
    }

    /// <summary>Notes that the engine asks for messages, and returns the consumer to ask.</summary>
    private IConsumer<byte[], byte[]> Polled(IConsumer<byte[], byte[]> consumer)
    {
        monitor.OnActive();
        return consumer;
    }

    /// <summary>Differs from the consumer within only in the calls that the engine makes to commit and to ask for messages. Consumers of the client cannot be derived from.</summary>
    private sealed class Consumer(IConsumer<byte[], byte[]> inner, Handover handover) : IConsumer<byte[], byte[]>
    {
        public Handle Handle => inner.Handle;

        public string Name => inner.Name;

        public string MemberId => inner.MemberId;

        public List<TopicPartition> Assignment => inner.Assignment;

        public List<string> Subscription => inner.Subscription;

        public IConsumerGroupMetadata ConsumerGroupMetadata => inner.ConsumerGroupMetadata;

        public int AddBrokers(string brokers) => inner.AddBrokers(brokers);

        public void SetSaslCredentials(string username, string password) => inner.SetSaslCredentials(username, password);

        public ConsumeResult<byte[], byte[]> Consume(int millisecondsTimeout) => handover.Polled(inner).Consume(millisecondsTimeout);

        public ConsumeResult<byte[], byte[]> Consume(CancellationToken cancellationToken = default) => handover.Polled(inner).Consume(cancellationToken);

        public ConsumeResult<byte[], byte[]> Consume(TimeSpan timeout) => handover.Polled(inner).Consume(timeout);

        public void Subscribe(IEnumerable<string> topics) => inner.Subscribe(topics);

        public void Subscribe(string topic) => inner.Subscribe(topic);

        public void Unsubscribe() => inner.Unsubscribe();

        public void Assign(TopicPartition partition) => inner.Assign(partition);

        public void Assign(TopicPartitionOffset partition) => inner.Assign(partition);

        public void Assign(IEnumerable<TopicPartitionOffset> partitions) => inner.Assign(partitions);

        public void Assign(IEnumerable<TopicPartition> partitions) => inner.Assign(partitions);

        public void IncrementalAssign(IEnumerable<TopicPartitionOffset> partitions) => inner.IncrementalAssign(partitions);

        public void IncrementalAssign(IEnumerable<TopicPartition> partitions) => inner.IncrementalAssign(partitions);

        public void IncrementalUnassign(IEnumerable<TopicPartition> partitions) => inner.IncrementalUnassign(partitions);

        public void Unassign() => inner.Unassign();

        public void StoreOffset(ConsumeResult<byte[], byte[]> result) => inner.StoreOffset(result);

        public void StoreOffset(TopicPartitionOffset offset) => inner.StoreOffset(offset);

        public List<TopicPartitionOffset> Commit() => inner.Commit();

        public void Commit(IEnumerable<TopicPartitionOffset> offsets) => handover.Commit(inner, offsets);

        public void Commit(ConsumeResult<byte[], byte[]> result) => inner.Commit(result);

        public void Seek(TopicPartitionOffset tpo) => inner.Seek(tpo);

        public void Pause(IEnumerable<TopicPartition> partitions) => inner.Pause(partitions);

        public void Resume(IEnumerable<TopicPartition> partitions) => inner.Resume(partitions);

        public List<TopicPartitionOffset> Committed(TimeSpan timeout) => inner.Committed(timeout);

        public List<TopicPartitionOffset> Committed(IEnumerable<TopicPartition> partitions, TimeSpan timeout) => inner.Committed(partitions, timeout);

        public Offset Position(TopicPartition partition) => inner.Position(partition);

        public List<TopicPartitionOffset> OffsetsForTimes(IEnumerable<TopicPartitionTimestamp> timestampsToSearch, TimeSpan timeout) => inner.OffsetsForTimes(timestampsToSearch, timeout);

        public WatermarkOffsets GetWatermarkOffsets(TopicPartition topicPartition) => inner.GetWatermarkOffsets(topicPartition);

        public WatermarkOffsets QueryWatermarkOffsets(TopicPartition topicPartition, TimeSpan timeout) => inner.QueryWatermarkOffsets(topicPartition, timeout);

        public void Close() => inner.Close();

        public void Dispose() => inner.Dispose();
    }
}
