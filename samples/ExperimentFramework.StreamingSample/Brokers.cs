using Confluent.Kafka;

namespace ExperimentFramework.StreamingSample;

/// <summary>The brokers that the Kafka client brings along for tests: they listen on this machine, and end with the process.</summary>
internal sealed class Brokers : IDisposable
{
    private readonly IProducer<Null, Null> _client;

    public Brokers(string topic)
    {
        var config = new ProducerConfig { BootstrapServers = "localhost" };
        config.Set("test.mock.num.brokers", "3");

        // The client says that it is for tests only.
        _client = new ProducerBuilder<Null, Null>(config).SetLogHandler(static (_, _) => { }).Build();
        using var admin = new DependentAdminClientBuilder(_client.Handle).Build();
        Addresses = string.Join(',', admin.GetMetadata(topic, TimeSpan.FromSeconds(10)).Brokers.Select(broker => $"{broker.Host}:{broker.Port}"));
    }

    /// <summary>The addresses of the brokers.</summary>
    public string Addresses { get; }

    public void Dispose() => _client.Dispose();
}
