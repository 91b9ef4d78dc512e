using System.Globalization;
using Confluent.Kafka;
using ExperimentFramework.DataPlane.Benchmarks.Markdown;
using ExperimentFramework.DataPlane.Kafka;

namespace ExperimentFramework.DataPlane.Benchmarks.Destinations;

/// <summary>
/// What an exposure costs on its way to Kafka brokers in another process: through the Kafka destination, beside a loop that hands ready messages to the same client with one shared
/// handler for all delivery reports and never waits in between.
/// </summary>
internal static class KafkaBenchmark
{
    private const string Path = "docs/reference/benchmarks-kafka.md";
    private const string Topic = "events";
    private const int Events = 100_000;
    private const int Large = 5_000;
    private const int Small = 500;

    private static readonly TimeSpan LargeLinger = TimeSpan.FromMilliseconds(5);

    /// <summary>Measures and writes the page.</summary>
    /// <param name="rounds">The number of rounds.</param>
    public static async Task<int> RunAsync(int rounds)
    {
        using var brokers = ServerProcess.Start("ExperimentFramework.DataPlane.Kafka.Broker", "3");
        await brokers.AskAsync($"topic {Topic} 12");
        var events = SampleExposures.Create(0, Events);
        using var messages = new EventMessages(EventFormat.Json);
        Message<byte[]?, byte[]>[] ready = [.. events.Select(messages.Create)];
        using var bare = Producer(brokers, LargeLinger);
        using var prompt = Producer(brokers, TimeSpan.Zero);
        await using var large = Destination(brokers, Large, LargeLinger);
        await using var small = Destination(brokers, Small, TimeSpan.Zero);
        (string Name, Func<Task> Run)[] ways =
        [
            ("the limit: ready messages, one shared handler, nothing awaited", () => BareKafkaLoop.ProduceAsync(bare, Topic, ready)),
            ("ready messages, the handlers of the destination, batches of 5,000", () => HandlersAsync(bare, ready, Large)),
            ("ready messages, the handlers of the destination, batches of 500, linger 0", () => HandlersAsync(prompt, ready, Small)),
            ("`AddKafkaDataBackplane`, batches of 5,000, linger 5 ms", () => PublishAsync(large, events, Large)),
            ("`AddKafkaDataBackplane`, batches of 500, linger 0", () => PublishAsync(small, events, Small)),
        ];
        var measured = await Rounds.MeasureAsync(rounds, Events, [.. ways.Select(way => way.Run)]);
        var table = new Table("way", "k events/s of processor time", "of the limit", "k events/s", "of the limit", "bytes allocated for an event");
        for (var way = 0; way < ways.Length; way++)
        {
            table.Add(ways[way].Name, measured.Rate(way), measured.Ratio(way, 0), measured.WallRate(way), measured.WallRatio(way, 0), measured.Bytes(way));
        }

        Console.WriteLine(table);
        if (Directory.Exists("docs"))
        {
            await File.WriteAllTextAsync(Path, string.Create(CultureInfo.InvariantCulture, $"""
                # What an event to Kafka costs

                Written by `dotnet run -c Release --project tests/benchmarks/ExperimentFramework.DataPlane.Benchmarks -- kafka` on {Environment.ProcessorCount} processors that client
                and brokers share, .NET {Environment.Version}. The brokers are three of librdkafka's mock cluster in another process, with 12 partitions; `acks=all`, idempotent. An event is an exposure of {ready.Average(message => message.Value.Length):N0} bytes
                with a key and four headers. Medians of {rounds} rounds of {Events:N0} events, in each of which all ways are measured one after the other; ratios are those within a round. Batches are awaited, one at a time, as the pipeline does.

                {table}
                The ways with ready messages show what delivery reports cost, those of the destination also write the JSON, the key and the headers.

                """));
        }

        return 0;
    }

    private static IProducer<byte[]?, byte[]> Producer(ServerProcess brokers, TimeSpan linger)
    {
        var settings = ClientSettings.OfProducer(new() { BootstrapServers = brokers.Address, Topic = Topic, Linger = linger, StatisticsInterval = TimeSpan.Zero }, new DataPlaneOptions());
        settings["queue.buffering.max.messages"] = (2 * Events).ToString(CultureInfo.InvariantCulture);
        return new ProducerBuilder<byte[]?, byte[]>(settings).Build();
    }

    private static KafkaDataBackplane Destination(ServerProcess brokers, int batchSize, TimeSpan linger) => new(
        new() { BootstrapServers = brokers.Address, Topic = Topic, Linger = linger, StatisticsInterval = TimeSpan.Zero }, new DataPlaneOptions { BatchSize = batchSize });

    private static async Task HandlersAsync(IProducer<byte[]?, byte[]> producer, Message<byte[]?, byte[]>[] messages, int batchSize)
    {
        var reports = new BatchReports();
        foreach (var batch in messages.Chunk(batchSize))
        {
            reports.Clear();
            foreach (var message in batch)
            {
                producer.Produce(Topic, message, reports.Take());
            }

            await reports.WaitAsync(CancellationToken.None);
            for (var place = 0; place < batch.Length; place++)
            {
                if (reports[place] is { } error)
                {
                    throw new KafkaException(error);
                }
            }
        }
    }

    private static async Task PublishAsync(KafkaDataBackplane destination, DataPlaneEnvelope[] events, int batchSize)
    {
        foreach (var batch in events.Chunk(batchSize))
        {
            if ((await destination.PublishAsync(batch)).Error is { } error)
            {
                throw error;
            }
        }
    }
}
