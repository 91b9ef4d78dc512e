using System.Reflection;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Kafka;

namespace ExperimentFramework.DataPlane.Streams.Tests;

public sealed class EngineClientsTests
{
    private readonly FakeLogCollector _logs = new();
    private readonly StreamsMonitor _monitor;

    public EngineClientsTests() => _monitor = new StreamsMonitor(new(), TimeProvider.System, LoggerFactory.Create(builder => builder.AddProvider(new FakeLoggerProvider(_logs))));

    [Fact]
    public void Consumers_that_a_failed_engine_leaves_behind_are_closed_although_one_of_them_fails()
    {
        List<string> calls = [];
        var supplier = Fake.Create<IKafkaSupplier>(_ => Fake.Create<IConsumer<byte[], byte[]>>(name =>
        {
            calls.Add(name);
            return name == "Close" && calls.Count == 1 ? throw new InvalidOperationException("Its tasks fail.") : null;
        }));
        using (var clients = new EngineClients(supplier, new StreamsClients(new Dictionary<string, string>()), _monitor))
        {
            clients.GetRestoreConsumer(new ConsumerConfig());
            clients.GetConsumer(new ConsumerConfig(), null!);
        }

        Assert.Equal(["Close", "Dispose", "Close", "Dispose"], calls);
    }

    [Fact]
    public void Partitions_that_were_lost_are_logged_and_handed_over_by_the_consumer_of_the_group_alone()
    {
        List<string> calls = [];
        var builders = new StreamsClients(new Dictionary<string, string>());
        var consumer = Fake.Create<IConsumer<byte[], byte[]>>(static _ => null);
        List<Delegate?> handlers = [];
        var supplier = Fake.Create<IKafkaSupplier>(_ =>
        {
            handlers.Add(LostHandlerOf(builders.GetConsumerBuilder(new ConsumerConfig())));
            return consumer;
        });
        using var clients = new EngineClients(supplier, builders, _monitor);
        clients.GetConsumer(new ConsumerConfig(), Fake.Create<IConsumerRebalanceListener>(name =>
        {
            calls.Add(name);
            return null;
        }));
        clients.GetRestoreConsumer(new ConsumerConfig());

        handlers[0]!.DynamicInvoke(consumer, new List<TopicPartitionOffset> { new("events", 0, 1), new("reports", 0, 1) });

        Assert.Null(handlers[1]);
        Assert.Equal(["PartitionsRevoked"], calls);
        var record = Assert.Single(_logs.GetSnapshot());
        Assert.Equal(("StreamPartitionsLost", LogLevel.Warning, "2"), (record.Id.Name, record.Level, record.GetStructuredStateValue("Partitions")));
    }

    [Theory]
    [InlineData(false, "StreamHandoverNotCommitted")]
    [InlineData(true, "StreamPartitionsLost")]
    public void Partitions_are_handed_over_although_the_commit_of_what_was_read_of_them_fails(bool isLost, string logged)
    {
        var builders = new StreamsClients(new Dictionary<string, string>());
        var consumer = Fake.Create<IConsumer<byte[], byte[]>>(static name => name == "Commit" ? throw new KafkaException(ErrorCode.UnknownMemberId) : null);
        Delegate? lost = null;
        IConsumerRebalanceListener? listener = null;
        using var clients = new EngineClients(
            Fake.Create<IKafkaSupplier>((_, arguments) =>
            {
                lost = LostHandlerOf(builders.GetConsumerBuilder(new ConsumerConfig()));
                listener = (IConsumerRebalanceListener)arguments[1]!;
                return consumer;
            }),
            builders,
            _monitor);
        IConsumer<byte[], byte[]>? ofEngine = null;
        ofEngine = clients.GetConsumer(new ConsumerConfig(), Fake.Create<IConsumerRebalanceListener>(_ =>
        {
            ofEngine!.Commit([new TopicPartitionOffset("events", 0, 1)]);
            return null;
        }));
        List<TopicPartitionOffset> partitions = [new("events", 0, 1)];

        if (isLost)
        {
            lost!.DynamicInvoke(consumer, partitions);
        }
        else
        {
            listener!.PartitionsRevoked(consumer, partitions);
        }

        var record = Assert.Single(_logs.GetSnapshot());
        Assert.Equal((logged, "1"), (record.Id.Name, record.GetStructuredStateValue("Partitions")));
        Assert.Throws<KafkaException>(() => ofEngine.Commit(partitions));
    }

    [Fact]
    public void An_engine_that_asks_for_messages_does_not_stand_still()
    {
        var time = new FakeTimeProvider();
        var monitor = new StreamsMonitor(new(), time, LoggerFactory.Create(static _ => { }));
        using var clients = new EngineClients(
            Fake.Create<IKafkaSupplier>(static _ => Fake.Create<IConsumer<byte[], byte[]>>(static _ => null)), new StreamsClients(new Dictionary<string, string>()), monitor);
        var consumer = clients.GetConsumer(new ConsumerConfig(), Fake.Create<IConsumerRebalanceListener>(static _ => null));
        monitor.OnEngineState(KafkaStream.State.RUNNING);
        Action[] polls = [() => consumer.Consume(0), () => consumer.Consume(TestContext.Current.CancellationToken), () => consumer.Consume(TimeSpan.Zero)];

        Assert.All(polls, poll =>
        {
            time.Advance(StreamsMonitor.EnginePatience);
            Assert.True(monitor.IsEngineStalled);
            poll();
            Assert.False(monitor.IsEngineStalled);
        });
    }

    private static Delegate? LostHandlerOf(ConsumerBuilder<byte[], byte[]> builder) =>
        (Delegate?)typeof(ConsumerBuilder<byte[], byte[]>).GetProperty("PartitionsLostHandler", BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(builder);
}
