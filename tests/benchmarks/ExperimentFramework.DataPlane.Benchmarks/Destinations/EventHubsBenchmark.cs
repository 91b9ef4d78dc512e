using System.Globalization;
using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Producer;
using ExperimentFramework.DataPlane.Benchmarks.Markdown;
using ExperimentFramework.DataPlane.EventHubs;

namespace ExperimentFramework.DataPlane.Benchmarks.Destinations;

/// <summary>
/// What an exposure costs on its way to an event hub in another process: through the Event Hubs destination, beside a loop that puts ready messages into an <see cref="EventDataBatch"/> for
/// each subject and sends it.
/// </summary>
internal static class EventHubsBenchmark
{
    private const string Path = "docs/reference/benchmarks-event-hubs.md";
    private const int BatchSize = 500;
    private const int Batches = 40;
    private const int Subjects = 10;

    /// <summary>Measures and writes the page.</summary>
    /// <param name="rounds">The number of rounds.</param>
    public static async Task<int> RunAsync(int rounds)
    {
        using var hub = ServerProcess.Start("ExperimentFramework.DataPlane.EventHubs.Hub");
        await using var client = new EventHubProducerClient(hub.Address);
        await using var destination = new EventHubsAmqpDataBackplane(client, new EventHubsAmqpDataBackplaneOptions(), ownsClient: false);
        using var messages = new EventMessages(EventFormat.Json);
        var batches = Enumerable.Range(0, Batches).Select(batch => SampleExposures.Create(batch * BatchSize, BatchSize).Select(OfFewSubjects).ToArray()).ToArray();
        var ready = batches.Select(batch => batch.Select(messages.Create).ToArray()).ToArray();
        (string Name, Func<Task> Run)[] ways =
        [
            ("the limit: ready messages in an `EventDataBatch` for each subject", () => SendAsync(client, batches, (batch, index) => ready[batch][index])),
            ("messages made by hand, the same loop", () => SendAsync(client, batches, (batch, index) => messages.Create(batches[batch][index]))),
            ("`AddEventHubsAmqpDataBackplane`", () => PublishAsync(destination, batches)),
        ];
        const int Events = Batches * BatchSize;
        var measured = await Rounds.MeasureAsync(rounds, Events, [.. ways.Select(way => way.Run)]);
        var arrived = int.Parse(await hub.AskAsync("count"), CultureInfo.InvariantCulture);
        if (arrived != Events * ways.Length * (rounds + 1))
        {
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{arrived} events arrived."));
        }

        var table = new Table("way", "k events/s of processor time", "of the limit", "k events/s", "of the limit", "bytes allocated for an event");
        for (var way = 0; way < ways.Length; way++)
        {
            table.Add(ways[way].Name, measured.Rate(way), measured.Ratio(way, 0), measured.WallRate(way), measured.WallRatio(way, 0), measured.Bytes(way));
        }

        Console.WriteLine(table);
        if (Directory.Exists("docs"))
        {
            await File.WriteAllTextAsync(Path, string.Create(CultureInfo.InvariantCulture, $"""
                # What an event to Azure Event Hubs costs

                Written by `dotnet run -c Release --project tests/benchmarks/ExperimentFramework.DataPlane.Benchmarks -- eventhubs` on {Environment.ProcessorCount} processors that client
                and hub share, .NET {Environment.Version}. The hub is an AMQP listener in another process, without TLS. Batches of {BatchSize} exposures of {Subjects} subjects, awaited one at a time; the loops send one message after the other, the destination those
                of a batch side by side. Medians of {rounds} rounds of {Events:N0} events, in each of which all ways are measured one after the other; ratios are those within a round.

                {table}
                """));
        }

        return 0;
    }

    private static DataPlaneEnvelope OfFewSubjects(DataPlaneEnvelope envelope, int number) =>
        envelope with { Payload = (ExposureEvent)envelope.Payload with { SubjectId = string.Create(CultureInfo.InvariantCulture, $"user-{number % Subjects}") } };

    private static async Task SendAsync(EventHubProducerClient client, DataPlaneEnvelope[][] batches, Func<int, int, EventData> message)
    {
        for (var batch = 0; batch < batches.Length; batch++)
        {
            foreach (var subject in Enumerable.Range(0, BatchSize).GroupBy(index => ((ExposureEvent)batches[batch][index].Payload).SubjectId))
            {
                using var data = await client.CreateBatchAsync(new CreateBatchOptions { PartitionKey = subject.Key });
                foreach (var index in subject)
                {
                    if (!data.TryAdd(message(batch, index)))
                    {
                        throw new InvalidOperationException("The batch is full.");
                    }
                }

                await client.SendAsync(data);
            }
        }
    }

    private static async Task PublishAsync(EventHubsAmqpDataBackplane destination, DataPlaneEnvelope[][] batches)
    {
        foreach (var batch in batches)
        {
            if ((await destination.PublishAsync(batch)).Error is { } error)
            {
                throw error;
            }
        }
    }
}
