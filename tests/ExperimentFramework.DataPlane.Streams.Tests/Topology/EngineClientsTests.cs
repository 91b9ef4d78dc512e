using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Streamiz.Kafka.Net.Kafka;

namespace ExperimentFramework.DataPlane.Streams.Tests;

public sealed class EngineClientsTests
{
    [Fact]
    public void Consumers_that_a_failed_engine_leaves_behind_are_closed_although_one_of_them_fails()
    {
        List<string> calls = [];
        var supplier = Fake.Create<IKafkaSupplier>(_ => Fake.Create<IConsumer<byte[], byte[]>>(name =>
        {
            calls.Add(name);
            return name == "Close" && calls.Count == 1 ? throw new InvalidOperationException("Its tasks fail.") : null;
        }));
        using (var clients = new EngineClients(supplier, new StreamsClients(new Dictionary<string, string>()), new StreamsMonitor(new(), TimeProvider.System, NullLoggerFactory.Instance)))
        {
            clients.GetRestoreConsumer(new ConsumerConfig());
            clients.GetConsumer(new ConsumerConfig(), null!);
        }

        Assert.Equal(["Close", "Dispose", "Close", "Dispose"], calls);
    }
}
