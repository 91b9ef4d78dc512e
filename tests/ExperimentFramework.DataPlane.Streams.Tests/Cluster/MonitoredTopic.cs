using System.Text;
using Confluent.Kafka;
using ExperimentFramework.DataPlane.Kafka;
using ExperimentFramework.DataPlane.Kafka.Tests;

namespace ExperimentFramework.DataPlane.Streams.Tests;

/// <summary>A topic of events with the internal topics of its monitor, which the brokers of the tests cannot create.</summary>
internal sealed class MonitoredTopic : IAsyncDisposable
{
    /// <summary>The brokers keep 5 MiB of a partition.</summary>
    private const int Partitions = 16;

    private readonly KafkaCluster _cluster;
    private readonly KafkaDataBackplane _backplane;

    private MonitoredTopic(KafkaCluster cluster, string name)
    {
        _cluster = cluster;
        Name = name;
        _backplane = new KafkaDataBackplane(new() { BootstrapServers = cluster.Addresses, Topic = name });
    }

    public string Name { get; }

    /// <summary>The topic of the subjects' changelog.</summary>
    public string SubjectsChangelog => $"{Name}-monitor-{ExposureCounter.StoreName}-changelog";

    /// <summary>Creates the topics.</summary>
    public static async Task<MonitoredTopic> CreateAsync(KafkaCluster cluster)
    {
        var topic = new MonitoredTopic(cluster, await cluster.CreateTopicAsync(Partitions));
        foreach (var name in new[] { topic.SubjectsChangelog, $"{topic.Name}-monitor-{ExperimentCoordinator.StoreName}-changelog", $"{topic.Name}-monitor-{MonitorTopology.Reports}-repartition", topic.Name + "-signals" })
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

    /// <summary>The state of an experiment, as its coordinator kept it last; null before the first.</summary>
    public CoordinatedExperiment? Load(string experiment)
    {
        Dictionary<string, byte[]> latest = [];
        foreach (var message in Read($"{Name}-monitor-{ExperimentCoordinator.StoreName}-changelog"))
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
    public IReadOnlyList<DataPlaneEnvelope> Signals() => [.. Read(Name + "-signals").Select(static message => DataPlaneJson.Deserialize(message.Value))];

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

    /// <summary>Loses what a store has kept: the brokers forget the oldest messages of a partition once it has 5 MiB.</summary>
    public void LoseSubjects()
    {
        using var producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig { BootstrapServers = _cluster.Addresses }).Build();
        for (var partition = 0; partition < Partitions; partition++)
        {
            for (var part = 0; part < 13; part++)
            {
                producer.Produce(new TopicPartition(SubjectsChangelog, partition), new Message<byte[], byte[]> { Key = [255], Value = new byte[450_000] });
            }
        }

        producer.Flush(TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        _backplane.Dispose();
        return ValueTask.CompletedTask;
    }

    private IEnumerable<PartitionReport> Reports() => Read($"{Name}-monitor-{MonitorTopology.Reports}-repartition").Select(static message => CoordinatorMessage.Read(message.Value).Report).OfType<PartitionReport>();

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
