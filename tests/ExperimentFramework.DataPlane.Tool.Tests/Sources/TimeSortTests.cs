using System.Text;
using ExperimentFramework.DataPlane.Tool.Tests.Streams;

namespace ExperimentFramework.DataPlane.Tool.Tests.Sources;

public sealed class TimeSortTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(10_000)]
    [InlineData(100_000_000)]
    public async Task Events_come_in_the_order_of_their_times_however_little_fits_into_memory(int maxBytes)
    {
        var shuffled = SampleStream.All.ToArray();
        new Random(17).Shuffle(shuffled);
        if (maxBytes == 1)
        {
            // Each is a run of its own; one is larger than the buffer of a run.
            shuffled = [.. shuffled.Take(500), SampleStream.All[0] with { EventId = Guid.CreateVersion7(), Metadata = new Dictionary<string, string> { ["large"] = new('x', 200_000) } }];
        }

        using var sort = new TimeSort(maxBytes);
        var json = new StringBuilder();
        await foreach (var read in sort.SortAsync(Events(shuffled), TestContext.Current.CancellationToken))
        {
            Assert.Equal(DataPlaneJson.Serialize(read.Envelope), Encoding.UTF8.GetString(read.Json.Span));
            json.Append(Encoding.UTF8.GetString(read.Json.Span)).Append('\n');
        }

        var expected = shuffled.OrderBy(envelope => envelope.Timestamp).ThenBy(envelope => envelope.EventId);
        Assert.Equal(Encoding.UTF8.GetString(SampleStream.Lines(expected)), json.ToString());
    }

    [Fact]
    public async Task JSON_is_kept_as_it_was_written()
    {
        var line = Encoding.UTF8.GetBytes(DataPlaneJson.Serialize(SampleStream.All[0]).Replace("{\"eventId\"", "{ \"colour\": 1, \"eventId\"", StringComparison.Ordinal));
        using var sort = new TimeSort(1);

        var sorted = await sort.SortAsync(One(), TestContext.Current.CancellationToken).Select(read => Encoding.UTF8.GetString(read.Json.Span)).ToListAsync(TestContext.Current.CancellationToken);

        Assert.Equal([Encoding.UTF8.GetString(line)], sorted);

        async IAsyncEnumerable<SourceEvent> One()
        {
            await Task.CompletedTask;
            yield return new SourceEvent(SampleStream.All[0], "events.jsonl", 1, line);
        }
    }

    private static IAsyncEnumerable<SourceEvent> Events(IEnumerable<DataPlaneEnvelope> events) => events.ToAsyncEnumerable().Select(envelope => new SourceEvent(envelope, "events.jsonl", 1, default));
}
