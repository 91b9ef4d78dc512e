using System.Text;
using Confluent.Kafka;
using ExperimentFramework.DataPlane.Kafka;
using ExperimentFramework.DataPlane.Kafka.Tests;

namespace ExperimentFramework.DataPlane.Streams.Tests;

/// <summary>A topic of events with the internal topics of its monitor, which the brokers of the tests cannot create.</summary>
internal sealed class MonitoredTopic : IAsyncDisposable
{
    /// <summary>The brokers keep 5 MiB of a partition.</summary>
    public const int Partitions = 16;

    /// <summary>How many events may wait to be read: far fewer than the brokers keep.</summary>
    private const int MaxLag = 50_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly KafkaCluster _cluster;
    private readonly KafkaDataBackplane _backplane;

    private MonitoredTopic(KafkaCluster cluster, string name)
    {
        _cluster = cluster;
        Name = name;
        _backplane = new KafkaDataBackplane(new() { BootstrapServers = cluster.Addresses, Topic = name });
    }

    public string Name { get; }

    /// <summary>The name that the instances of its monitor share.</summary>
    public string ApplicationId => Name + "-monitor";

    /// <summary>The topic of the subjects' changelog.</summary>
    public string SubjectsChangelog => InternalTopics.Subjects(ApplicationId);

    /// <summary>The topic of the experiments' changelog.</summary>
    public string ExperimentsChangelog => InternalTopics.Experiments(ApplicationId);

    /// <summary>The topic of signals.</summary>
    public string SignalsTopic => Name + "-signals";

    /// <summary>Creates the topics.</summary>
    public static async Task<MonitoredTopic> CreateAsync(KafkaCluster cluster)
    {
        var topic = new MonitoredTopic(cluster, await cluster.CreateTopicAsync(Partitions));
        foreach (var name in InternalTopics.Of(topic.ApplicationId).Append(topic.SignalsTopic))
        {
            await cluster.CreateTopicAsync(name, Partitions);
        }

        return topic;
    }

    /// <summary>Publishes events as hosts do.</summary>
    public async Task PublishAsync(IEnumerable<DataPlaneEnvelope> events)
    {
        foreach (var batch in events.Chunk(500))
        {
            var result = await _backplane.PublishAsync(batch, TestContext.Current.CancellationToken);
            Assert.True(result.Error is null, result.Error?.ToString());
        }
    }

    /// <summary>Publishes a long stream, no faster than it is read.</summary>
    public async Task PublishAsReadAsync(IEnumerable<DataPlaneEnvelope> events)
    {
        foreach (var part in events.Chunk(MaxLag / 2))
        {
            await ReadAsync(TestContext.Current.CancellationToken, MaxLag / 2);
            await PublishAsync(part);
        }
    }

    /// <summary>Waits until all events but some have been read, for as long as the test may take.</summary>
    public async Task ReadAsync(CancellationToken cancellationToken, long unread = 0)
    {
        while (Unread() > unread)
        {
            await Task.Delay(200, cancellationToken);
        }
    }

    /// <summary>The number of events after the last commits of the monitor.</summary>
    public long Unread() => Positions().Sum(static position => position.Watermarks.High - Math.Max(0, position.Committed));

    /// <summary>How far the monitor has come in each partition, and what the brokers have of it.</summary>
    public IReadOnlyList<(int Partition, long Committed, WatermarkOffsets Watermarks)> Positions()
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig { BootstrapServers = _cluster.Addresses, GroupId = ApplicationId }).Build();
        return [.. consumer.Committed(Enumerable.Range(0, Partitions).Select(partition => new TopicPartition(Name, partition)), Patience)
            .Select(committed => (committed.Partition.Value, committed.Offset.Value, consumer.QueryWatermarkOffsets(committed.TopicPartition, Patience)))];
    }

    /// <summary>Whether the brokers still have all that was written to the subjects' changelog.</summary>
    public bool KeepsAllSubjects()
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig { BootstrapServers = _cluster.Addresses, GroupId = "reader" }).Build();
        return Enumerable.Range(0, Partitions).All(partition => consumer.QueryWatermarkOffsets(new TopicPartition(SubjectsChangelog, partition), Patience).Low == 0);
    }

    /// <summary>The state of an experiment, as its coordinator kept it last; null before the first.</summary>
    public CoordinatedExperiment? Load(string experiment)
    {
        Dictionary<string, byte[]> latest = [];
        foreach (var message in Read(ExperimentsChangelog))
        {
            latest[Encoding.UTF8.GetString(message.Key)] = message.Value;
        }

        return latest.TryGetValue(experiment, out var own)
            ? CoordinatedExperiment.Read(
                experiment,
                own,
                latest.Where(value => CoordinatorStore.NameOf(value.Key, out var isPartition) == experiment && isPartition).Select(static value => CountedPartition.Read(value.Value)),
                DateTimeOffset.UtcNow)
            : null;
    }

    /// <summary>The signals that were published.</summary>
    public IReadOnlyList<DataPlaneEnvelope> Signals() => [.. Read(SignalsTopic).Select(static message => DataPlaneJson.Deserialize(message.Value))];

    /// <summary>The number of subjects that the stores hold.</summary>
    public long SubjectsKept() => Read(SubjectsChangelog).Select(static message => message.Key).Where(static key => StateKeys.TryGetRun(key, out _)).Select(Convert.ToHexString).Distinct().Count();

    /// <summary>The number of subjects in the last reports of all partitions.</summary>
    /// <param name="former">The sessions whose reports do not count.</param>
    public long SubjectsReported(IReadOnlySet<Guid>? former = null) => Reports()
        .Where(report => former?.Contains(report.Session) != true)
        .GroupBy(static report => report.Partition)
        .Sum(static partition => partition.Last().Runs.Sum(static run => run.Subjects));

    /// <summary>Who has reported until now.</summary>
    public IReadOnlySet<Guid> Sessions() => Reports().Select(static report => report.Session).ToHashSet();

    /// <summary>Loses what a topic holds: the brokers forget the oldest messages of a partition once it has 5 MiB.</summary>
    public void Lose(string topic)
    {
        using var producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig { BootstrapServers = _cluster.Addresses }).Build();
        for (var partition = 0; partition < Partitions; partition++)
        {
            for (var part = 0; part < 13; part++)
            {
                producer.Produce(new TopicPartition(topic, partition), new Message<byte[], byte[]> { Key = [255], Value = new byte[450_000] });
            }
        }

        producer.Flush(TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        _backplane.Dispose();
        return ValueTask.CompletedTask;
    }

    private IEnumerable<PartitionReport> Reports() => Read(InternalTopics.Reports(ApplicationId)).Select(static message => CoordinatorMessage.Read(message.Value).Report).OfType<PartitionReport>();

    private List<Message<byte[], byte[]>> Read(string topic)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig { BootstrapServers = _cluster.Addresses, GroupId = "reader", EnablePartitionEof = true }).Build();
        consumer.Assign(Enumerable.Range(0, Partitions).Select(partition => new TopicPartitionOffset(topic, partition, Offset.Beginning)));
        List<Message<byte[], byte[]>> messages = [];
        for (var ended = 0; ended < Partitions;)
        {
            var result = consumer.Consume(TestContext.Current.CancellationToken);
            ended += result.IsPartitionEOF ? 1 : 0;
            if (!result.IsPartitionEOF)
            {
                messages.Add(result.Message);
            }
        }

        return messages;
    }
}
