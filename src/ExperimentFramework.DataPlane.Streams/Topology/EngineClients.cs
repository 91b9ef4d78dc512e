using System.Collections.Concurrent;
using Confluent.Kafka;
using Streamiz.Kafka.Net.Kafka;
using Streamiz.Kafka.Net.Metrics;

namespace ExperimentFramework.DataPlane.Streams;

/// <summary>Supplies the engine's clients, and closes the consumers that a failed engine leaves behind: they would keep its partitions from other instances.</summary>
/// <param name="inner">What builds the clients.</param>
/// <param name="clients">What configures them.</param>
/// <param name="monitor">Receives which partitions the engine reads.</param>
internal sealed class EngineClients(IKafkaSupplier inner, StreamsClients clients, StreamsMonitor monitor) : IKafkaSupplier, IDisposable
{
    private readonly ConcurrentQueue<IConsumer<byte[], byte[]>> _consumers = [];

    public StreamMetricsRegistry MetricsRegistry
    {
        get => inner.MetricsRegistry;
        set => inner.MetricsRegistry = value;
    }

    public IConsumer<byte[], byte[]> GetConsumer(ConsumerConfig config, IConsumerRebalanceListener rebalanceListener)
    {
        // Without a handler for lost partitions, the engine hands them over as if they were not, and says nothing.
        var handover = new Handover(rebalanceListener, monitor);
        clients.OnLost = handover.PartitionsLost;
        try
        {
            return Keep(handover.Guard(inner.GetConsumer(config, monitor.Positions.Before(handover))));
        }
        finally
        {
            // Consumers that restore stores are in no group.
            clients.OnLost = null;
        }
    }

    public IProducer<byte[], byte[]> GetProducer(ProducerConfig config) => inner.GetProducer(config);

    public IConsumer<byte[], byte[]> GetRestoreConsumer(ConsumerConfig config) => Keep(inner.GetRestoreConsumer(config));

    public IAdminClient GetAdmin(AdminClientConfig config) => inner.GetAdmin(config);

    public IConsumer<byte[], byte[]> GetGlobalConsumer(ConsumerConfig config) => Keep(inner.GetGlobalConsumer(config));

    public void Dispose()
    {
        while (_consumers.TryDequeue(out var consumer))
        {
            try
            {
                consumer.Close();
            }
            catch (Exception)
            {
                // The engine has closed it, as it should, or its tasks fail once more at what they failed at before.
            }

            consumer.Dispose();
        }
    }

    private IConsumer<byte[], byte[]> Keep(IConsumer<byte[], byte[]> consumer)
    {
        _consumers.Enqueue(consumer);
        return consumer;
    }
}
