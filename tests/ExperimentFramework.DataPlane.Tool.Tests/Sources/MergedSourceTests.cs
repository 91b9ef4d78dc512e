using ExperimentFramework.DataPlane.Parquet;
using ExperimentFramework.DataPlane.Tool.Tests.Streams;
using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Tool.Tests.Sources;

/// <summary>Files are merged as long as there is room for what of them overlaps, and sorted through a file beyond.</summary>
public sealed class MergedSourceTests : IDisposable
{
    private readonly ToolFixture _tool = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _tool.Dispose();

    [Theory]
    [InlineData(MergedSource.DefaultMaxMemory)]
    [InlineData(1)]
    public async Task Parquet_comes_in_the_order_of_time_with_and_without_room_for_it(long maxMemory)
    {
        var shuffled = SampleStream.All.ToArray();
        new Random(5).Shuffle(shuffled);
        await WriteAsync("archive", shuffled);

        var events = await ReadAsync(maxMemory);

        Assert.Equal(SampleStream.All.Count, events.Count);
        Assert.Equal(events.OrderBy(EventOrder.Of).Select(envelope => envelope.Timestamp), events.Select(envelope => envelope.Timestamp));
        Assert.Equal(SampleStream.All.Select(DataPlaneJson.Serialize).Order(StringComparer.Ordinal), events.Select(DataPlaneJson.Serialize).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Only_what_overlaps_in_time_needs_room()
    {
        DataPlaneEnvelope[] exposures = [.. SampleStream.All.Where(envelope => envelope.Payload is ExposureEvent)];
        foreach (var (index, part) in exposures.Chunk(1_000).Index())
        {
            // Seconds are shared by three experiments: the parts are a day apart.
            await WriteAsync($"archive/{index}", [.. part.Select(envelope => envelope with { Timestamp = envelope.Timestamp.AddDays(index) })]);
        }

        var largest = Groups().Max(group => group.Memory);
        Assert.True(Groups().Count > 3);

        Assert.Equal(exposures.Length, (await MergeAsync(largest).ToListAsync(Token)).Count);
        await Assert.ThrowsAsync<NotMergeableException>(() => MergeAsync(largest - 1).ToListAsync(Token).AsTask());
    }

    [Fact]
    public async Task At_one_moment_weights_and_assignments_come_before_exposures_and_accounts_after_them()
    {
        var time = SampleStream.All[0].Timestamp;
        DataPlaneEnvelope[] atOnce = [.. SampleStream.All.Where(envelope => envelope.Payload is AnalysisSignalEvent or AccountingEvent).Concat(SampleStream.All.Where(envelope => envelope.Payload is ExposureEvent).Take(2)).Select(envelope => envelope with { Timestamp = time })];
        await WriteAsync("archive", atOnce);

        var events = await ReadAsync(MergedSource.DefaultMaxMemory);

        Assert.Equal(
            [DataPlaneEventType.AnalysisSignal, DataPlaneEventType.AnalysisSignal, DataPlaneEventType.Exposure, DataPlaneEventType.Exposure, DataPlaneEventType.Accounting, DataPlaneEventType.Accounting],
            events.Select(envelope => envelope.EventType));
    }

    [Fact]
    public async Task A_journal_that_is_converted_to_Parquet_before_it_is_read_is_read_from_there()
    {
        DataPlaneEnvelope[] events = [.. SampleStream.All.Take(100)];
        var (files, faults) = (FindJournal(), new List<SourceFault>());
        await ConvertAsync(events, "20260301T120000.0000000Z-0123456789abcdef0123456789abcdef");

        var console = _tool.Console(new FakeTimeProvider());
        var read = await new EventSource(console, files, faults.Add).ReadAsync(Token).Select(each => each.Envelope).ToListAsync(Token);
        var sorted = await new EventsByTime(console, files).ReadAsync(each => each.Select(each => each.Envelope).ToListAsync(Token).AsTask(), Token);

        var expected = events.Select(DataPlaneJson.Serialize).Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(expected, read.Select(DataPlaneJson.Serialize).Order(StringComparer.Ordinal));
        Assert.Equal(expected, sorted.Select(DataPlaneJson.Serialize).Order(StringComparer.Ordinal));
        Assert.Empty(faults);
    }

    [Fact]
    public async Task A_journal_whose_Parquet_was_found_with_it_is_not_missing()
    {
        DataPlaneEnvelope[] events = [.. SampleStream.All.Take(100)];
        await ConvertAsync(events, "20260301T120000.0000000Z-0123456789abcdef0123456789abcdef");
        var (files, faults) = (FindJournal(), new List<SourceFault>());

        var read = await new EventSource(_tool.Console(new FakeTimeProvider()), files, faults.Add).ReadAsync(Token).CountAsync(Token);

        Assert.Equal(events.Length, read);
        Assert.Empty(faults);
    }

    [Fact]
    public async Task A_journal_that_is_gone_before_it_is_read_is_reported()
    {
        var (files, faults) = (FindJournal(), new List<SourceFault>());
        await WriteAsync("archive", [.. SampleStream.All.Take(100)]);

        await new EventSource(_tool.Console(new FakeTimeProvider()), [.. files, .. SourceFiles.Find([_tool.Path("archive")])], faults.Add).ReadAsync(Token).CountAsync(Token);

        Assert.EndsWith(".jsonl.open' was deleted before it was read.", Assert.Single(faults).Message, StringComparison.Ordinal);
    }

    /// <summary>Finds a journal that is gone afterwards.</summary>
    private IReadOnlyList<SourceFile> FindJournal()
    {
        var journal = _tool.Path("archive/journal/20260301T120000.0000000Z-0123456789abcdef0123456789abcdef.jsonl.open");
        Directory.CreateDirectory(Path.GetDirectoryName(journal)!);
        File.WriteAllText(journal, "");
        var files = SourceFiles.Find([_tool.Path("archive")]);
        File.Delete(journal);
        return files;
    }

    private async Task ConvertAsync(IReadOnlyList<DataPlaneEnvelope> events, string journal)
    {
        await WriteAsync("archive", events);
        foreach (var (part, path) in Directory.GetFiles(_tool.Path("archive"), "*.parquet", SearchOption.AllDirectories).Index())
        {
            File.Move(path, Path.Combine(Path.GetDirectoryName(path)!, FormattableString.Invariant($"{journal}-{part:d4}.parquet")));
        }
    }

    private Task WriteAsync(string folder, IReadOnlyList<DataPlaneEnvelope> events) => ParquetEventFiles.WriteAsync(events.ToAsyncEnumerable(), _tool.Path(folder), cancellationToken: Token);

    private List<RowGroupPart> Groups() => [.. SourceFiles.Find([_tool.Path("archive")]).SelectMany(file => RowGroupPart.Of(file.Path)!)];

    private IAsyncEnumerable<SourceEvent> MergeAsync(long maxMemory)
    {
        var console = _tool.Console(new FakeTimeProvider());
        return new MergedSource(console, new EventSource(console, SourceFiles.Find([_tool.Path("archive")]), _ => { })) { MaxMemory = maxMemory }.ReadAsync(Token);
    }

    private Task<List<DataPlaneEnvelope>> ReadAsync(long maxMemory) => new EventsByTime(_tool.Console(new FakeTimeProvider()), SourceFiles.Find([_tool.Path("archive")])) { MaxMemory = maxMemory }
        .ReadAsync(events => events.Select(read => read.Envelope).ToListAsync(Token).AsTask(), Token);
}
