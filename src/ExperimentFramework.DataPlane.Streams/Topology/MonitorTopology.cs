using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Processors.Public;
using Streamiz.Kafka.Net.SerDes;
using Streamiz.Kafka.Net.State;
using Streamiz.Kafka.Net.State.Supplier;
using Streamiz.Kafka.Net.Stream;

namespace ExperimentFramework.DataPlane.Streams;

/// <summary>
/// The topology: events by subject, the subjects that each partition has counted, what it reports by experiment, the experiments of each coordinator, signals.
/// </summary>
internal static class MonitorTopology
{
    /// <summary>Builds the topology.</summary>
    /// <param name="monitor">What all steps share.</param>
    public static Streamiz.Kafka.Net.Stream.Topology Build(StreamsMonitor monitor)
    {
        var options = monitor.Options;
        var builder = new StreamBuilder();
        builder.Stream(options.Topic!, new MessageKeySerDes(), new ByteArraySerDes())
            .Transform(TransformerBuilder.New<byte[], byte[], string, byte[]>()
                .Transformer<ExposureCounter>(monitor)
                .StateStore(Stores.KeyValueStoreBuilder(StoreOf(InternalTopics.SubjectsStore, options), new ByteArraySerDes(), new ByteArraySerDes()))
                .Build())
            .Repartition(Repartitioned<string, byte[]>.As(InternalTopics.ReportsStep).WithKeySerdes(new StringSerDes()).WithValueSerdes(new ByteArraySerDes()))
            .Transform(TransformerBuilder.New<string, byte[], string, byte[]>()
                .Transformer<ExperimentCoordinator>(monitor)
                .StateStore(Stores.KeyValueStoreBuilder(new CommitNotingStores(StoreOf(InternalTopics.ExperimentsStore, options), monitor), new StringSerDes(), new ByteArraySerDes()))
                .Build())
            .To(options.SignalsTopic!, new StringSerDes(), new ByteArraySerDes());
        return builder.Build();
    }

    private static IKeyValueBytesStoreSupplier StoreOf(string name, ExperimentMonitorStreamsOptions options) =>
        options.StateFolder is null ? Stores.InMemoryKeyValueStore(name) : Stores.PersistentKeyValueStore(name);
}
