using Confluent.Kafka;

namespace ExperimentFramework.DataPlane.Kafka.Tests.Reading;

/// <summary>Partitions that a topic gets while it is followed are read too.</summary>
public sealed class AddedPartitionTests(SharedCluster shared)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Partitions_that_are_added_while_nothing_arrives_are_read_from_their_beginning()
    {
        await using var topic = await GrowingTopic.CreateAsync(shared);
        await using var reader = await topic.FollowAsync();
        Assert.Equal(0, (await reader.ReadAsync(Token))!.Position.Partition);

        topic.Grow();

        Assert.Equal(new KafkaPosition(topic.Name, 1, 0), (await reader.ReadAsync(Token))!.Position);
        Assert.Equal(new KafkaPosition(topic.Name, 1, 1), (await reader.ReadAsync(Token))!.Position);
    }

    [Fact]
    public async Task Partitions_that_are_added_while_events_arrive_are_read_from_their_beginning()
    {
        await using var topic = await GrowingTopic.CreateAsync(shared);
        await using var reader = await topic.FollowAsync();
        topic.Grow();

        List<long> added = [];
        await Eventually.Holds(async () =>
        {
            // There is always an event to read.
            await topic.ProduceAsync(0);
            if ((await reader.ReadAsync(Token))!.Position is { Partition: 1 } position)
            {
                added.Add(position.Offset);
            }

            return added.Count == 2;
        });
        Assert.Equal([0L, 1], added);
    }

    [Fact]
    public async Task Brokers_that_do_not_say_which_partitions_there_are_do_not_end_reading_while_events_arrive()
    {
        await using var topic = await GrowingTopic.CreateAsync(shared);
        await using var reader = await topic.FollowAsync();
        topic.Error = new Error(ErrorCode.Local_TimedOut);

        long last = -1;
        var asked = topic.Inspections;
        await Eventually.Holds(async () =>
        {
            await topic.ProduceAsync(0);
            var position = (await reader.ReadAsync(Token))!.Position;
            Assert.Equal(++last, position.Offset);
            return topic.Inspections >= asked + 2;
        });
    }

    /// <summary>A topic of two partitions, of which the reader is shown only the first one until it grows. The brokers of these tests cannot add partitions.</summary>
    private sealed class GrowingTopic(string addresses, string name) : IAsyncDisposable
    {
        private readonly IProducer<Null, byte[]> _producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig { BootstrapServers = addresses }).Build();
        private volatile bool _hasGrown;
        private volatile int _inspections;
        private volatile Error? _error;

        public string Name => name;

        public int Inspections => _inspections;

        public Error? Error
        {
            set => _error = value;
        }

        /// <summary>Creates a topic with one event in its first partition and two in the one that it gets later.</summary>
        public static async Task<GrowingTopic> CreateAsync(SharedCluster shared)
        {
            var cluster = await shared.GetAsync();
            var topic = new GrowingTopic(cluster.Addresses, await cluster.CreateTopicAsync(partitions: 2));
            await topic.ProduceAsync(0);
            await topic.ProduceAsync(1);
            await topic.ProduceAsync(1);
            return topic;
        }

        public void Grow() => _hasGrown = true;

        public async Task<TopicReader> FollowAsync()
        {
            var reader = TopicReader.Create(addresses, [name], new KafkaReadingOptions { Follow = true, Timeout = TimeSpan.FromSeconds(1) }, Inspect);
            await reader.StartAsync(Token);
            return reader;
        }

        public Task ProduceAsync(int partition) => _producer.ProduceAsync(
            new TopicPartition(name, partition), new Message<Null, byte[]> { Value = System.Text.Encoding.UTF8.GetBytes(DataPlaneJson.Serialize(TestEvents.Exposures(1)[0])) }, Token);

        public ValueTask DisposeAsync()
        {
            _producer.Dispose();
            return default;
        }

        private TopicInspection Inspect(Handle client, IEnumerable<string> topics, TimeSpan timeout)
        {
            Interlocked.Increment(ref _inspections);
            var found = TopicInspection.Of(client, topics, timeout);
            return found with { Error = _error, Partitions = [.. found.Partitions.Where(partition => _hasGrown || partition.Partition == 0)] };
        }
    }
}
