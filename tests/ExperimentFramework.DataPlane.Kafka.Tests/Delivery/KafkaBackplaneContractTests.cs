using ExperimentFramework.DataPlane.Tests.Delivery;

namespace ExperimentFramework.DataPlane.Kafka.Tests.Delivery;

public sealed class KafkaBackplaneContractTests(SharedCluster shared) : BackplaneContract, IAsyncLifetime
{
    private KafkaCluster _cluster = null!;
    private string _topic = null!;
    private KafkaDataBackplane? _backplane;

    protected override bool Deduplicates => false;

    /// <summary>Partitions have an order, a topic has not.</summary>
    protected override bool KeepsOrder => false;

    public async ValueTask InitializeAsync()
    {
        _cluster = await shared.GetAsync();
        _topic = await _cluster.CreateTopicAsync();
    }

    public ValueTask DisposeAsync() => _backplane?.DisposeAsync() ?? default;

    // The contract has events of 2 MB. Two fit into a partition of the brokers; events without a subject go to any partition.
    protected override ValueTask<IDataBackplane> CreateAsync() => new(_backplane = new KafkaDataBackplane(
        new KafkaDataBackplaneOptions { BootstrapServers = _cluster.Addresses, Topic = _topic, MaxMessageBytes = 8_000_000 }));

    protected override async ValueTask<IReadOnlyList<DataPlaneEnvelope>> ReadBackAsync() =>
        [.. (await Kcat.ReadValuesAsync(_cluster.Addresses, _topic)).Select(value => DataPlaneJson.Deserialize(value))];
}
