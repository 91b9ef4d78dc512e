using ExperimentFramework.DataPlane.Tests.Delivery;
using Microsoft.Extensions.Logging.Testing;

namespace ExperimentFramework.DataPlane.Parquet.Tests;

/// <summary>That a journal file becomes its events, once, whatever happened before.</summary>
public sealed class ConversionTests : IDisposable
{
    private const string Name = "20260301T120000.0000000Z-0123456789abcdef0123456789abcdef";
    private const string OtherName = "20260301T120000.0000000Z-fedcba9876543210fedcba9876543210";

    private readonly TemporaryFolder _folder = new();
    private readonly FakeLogger _logger = new();
    private readonly List<DataPlaneEnvelope> _events = [.. SampleEvents.All.Concat(SampleEvents.All).Select(SampleEvents.Envelope)];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_conversion_from_memory_and_one_from_the_journal_write_the_same_bytes()
    {
        using var recent = Recent(_events);
        await ConvertAsync(_folder.File("memory"), _events, recent);
        await ConvertAsync(_folder.File("journal"), _events);

        var files = Files("memory");
        Assert.Equal(7, files.Count);
        Assert.Equal(files.Keys, Files("journal").Keys);
        Assert.All(files, file => Assert.Equal(file.Value, Files("journal")[file.Key]));
    }

    [Fact]
    public async Task Rows_in_memory_are_used_only_if_the_journal_has_as_many_lines()
    {
        using var recent = Recent(_events.Skip(1));

        await ConvertAsync(_folder.Path, _events, recent);

        await AssertOnceAsync();
    }

    [Fact]
    public async Task Rows_in_memory_are_used_for_the_journal_file_they_belong_to_only()
    {
        using var recent = Recent(_events.Select(envelope => envelope with { CorrelationId = "of another file" }));

        await ConvertAsync(_folder.Path, _events, recent, name: OtherName);

        Assert.All(await WrittenEvents.ReadAsync(_folder.Path), envelope => Assert.NotEqual("of another file", envelope.CorrelationId));
    }

    [Fact]
    public async Task Rows_in_memory_have_nothing_of_an_event_that_could_not_be_added_before()
    {
        using var recent = new RecentRows(new Dictionary<string, ParquetAttributeType>());
        var time = SampleEvents.Exposure.Timestamp;
        var unfit = SampleEvents.Envelope(SampleEvents.Exposure with { VariantKey = null!, Timestamp = time.AddHours(1) }) with { Timestamp = time };
        Assert.True(recent.TryEnter());
        recent.Add([unfit], BatchResult.Delivered);
        recent.Seal(OtherName);
        recent.Add(_events, BatchResult.Delivered);
        recent.Seal(Name);
        recent.Exit();

        await ConvertAsync(_folder.Path, _events, recent);

        Assert.Equal(
            _events.OrderBy(envelope => envelope.EventId).Select(DataPlaneJson.Serialize),
            (await WrittenEvents.ReadAsync(_folder.Path)).OrderBy(envelope => envelope.EventId).Select(DataPlaneJson.Serialize));
    }

    [Fact]
    public async Task Rows_in_memory_are_those_of_the_journal_and_not_what_its_lines_say_later()
    {
        using var recent = Recent(_events);
        var changed = _events.Select(envelope => envelope with { CorrelationId = "changed" });

        await ConvertAsync(_folder.Path, changed, recent);

        Assert.All(await WrittenEvents.ReadAsync(_folder.Path), envelope => Assert.NotEqual("changed", envelope.CorrelationId));
    }

    [Fact]
    public async Task A_conversion_that_is_repeated_replaces_its_files()
    {
        await ConvertAsync(_folder.Path, _events);

        await ConvertAsync(_folder.Path, _events);

        await AssertOnceAsync();
    }

    [Fact]
    public async Task A_conversion_that_was_interrupted_while_a_file_was_written_begins_again()
    {
        Directory.CreateDirectory(_folder.File("exposures"));
        await File.WriteAllTextAsync(_folder.File($"exposures/{Name}-0000.parquet.tmp"), "half a file", Token);

        await ConvertAsync(_folder.Path, _events);

        await AssertOnceAsync();
        Assert.Empty(Directory.EnumerateFiles(_folder.Path, "*.tmp", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData("exposures")]
    [InlineData("exposures", "outcomes", "metrics")]
    public async Task A_conversion_that_was_interrupted_between_two_tables_writes_the_missing_ones(params string[] present)
    {
        await ConvertAsync(_folder.Path, _events);
        foreach (var table in Directory.EnumerateDirectories(_folder.Path).Where(table => !present.Contains(Path.GetFileName(table))))
        {
            Directory.Delete(table, recursive: true);
        }

        await ConvertAsync(_folder.Path, _events);

        await AssertOnceAsync();
    }

    [Fact]
    public async Task Files_of_an_earlier_attempt_with_another_layout_are_deleted_and_those_of_other_journal_files_are_not()
    {
        await ConvertAsync(_folder.Path, _events, options: new ParquetDataBackplaneOptions { Layout = FileLayout.Partitioned });
        var other = SampleEvents.Envelope(SampleEvents.Exposure);
        await ConvertAsync(_folder.Path, [other], name: OtherName);

        await ConvertAsync(_folder.Path, _events);

        _events.Add(other);
        await AssertOnceAsync();
    }

    [Fact]
    public async Task Lines_that_are_no_events_are_kept_and_logged()
    {
        var path = WriteJournal(Name, _events);
        await File.AppendAllTextAsync(path, "{\"eventId\":7}\nnothing\n", Token);
        await File.AppendAllLinesAsync(path, [DataPlaneJson.Serialize(_events[0] with { EventId = Guid.CreateVersion7() })], Token);
        using var recent = Recent([]);

        await Converter(_folder.Path, recent).ConvertAsync(path, Token);

        Assert.Equal(_events.Count + 1, (await WrittenEvents.ReadAsync(_folder.Path)).Count);
        Assert.Equal("{\"eventId\":7}\nnothing\n", await File.ReadAllTextAsync(_folder.File($"unreadable/{Name}.jsonl"), Token));
        Assert.StartsWith("2 lines of the journal file", Assert.Single(_logger.Collector.GetSnapshot()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_rows_than_a_file_takes_are_several_files()
    {
        var events = Enumerable.Range(0, PartWriter.MaxRows + 1_000).Select(_ => SampleEvents.Envelope(SampleEvents.Assignment)).ToList();
        using var recent = Recent(events);
        await ConvertAsync(_folder.File("memory"), events, recent);
        await ConvertAsync(_folder.File("journal"), events);

        Assert.Equal([$"assignments/{Name}-0000.parquet", $"assignments/{Name}-0001.parquet"], Files("memory").Keys.Order(StringComparer.Ordinal));
        Assert.All(Files("memory"), file => Assert.Equal(file.Value, Files("journal")[file.Key]));
    }

    [Fact]
    public async Task An_account_is_in_one_file_whatever_the_number_of_rows_before_it()
    {
        // The rows of an account, of which 9 do not divide what a file takes.
        var account = SampleEvents.Accounting with { Published = [.. SampleEvents.Accounting.Published, .. SampleEvents.Accounting.Published] };
        var events = Enumerable.Range(0, (PartWriter.MaxRows / 9) + 10).Select(_ => SampleEvents.Envelope(account)).ToList();
        using var recent = Recent(events);

        await ConvertAsync(_folder.Path, events, recent);

        var read = await WrittenEvents.ReadAsync(_folder.Path);
        Assert.Equal(events.Count, read.Count);
        Assert.All(read, envelope => Assert.Equal(account, envelope.Payload));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static RecentRows Recent(IEnumerable<DataPlaneEnvelope> events)
    {
        var recent = new RecentRows(new Dictionary<string, ParquetAttributeType>());
        Assert.True(recent.TryEnter());
        recent.Add([.. events], BatchResult.Delivered);
        recent.Seal(Name);
        recent.Exit();
        return recent;
    }

    private async Task ConvertAsync(
        string folder, IEnumerable<DataPlaneEnvelope> events, RecentRows? recent = null, ParquetDataBackplaneOptions? options = null, string name = Name)
    {
        using var none = new RecentRows(new Dictionary<string, ParquetAttributeType>());
        await Converter(folder, recent ?? none, options).ConvertAsync(WriteJournal(name, events), Token);
    }

    private ParquetConverter Converter(string folder, RecentRows recent, ParquetDataBackplaneOptions? options = null) =>
        new(folder, options ?? new ParquetDataBackplaneOptions(), recent, _logger);

    private string WriteJournal(string name, IEnumerable<DataPlaneEnvelope> events)
    {
        var path = Path.Combine(Directory.CreateDirectory(_folder.File("lines")).FullName, name + ".jsonl");
        File.WriteAllText(path, string.Concat(events.Select(envelope => DataPlaneJson.Serialize(envelope) + "\n")));
        return path;
    }

    private Dictionary<string, byte[]> Files(string folder) => Directory.EnumerateFiles(_folder.File(folder), "*.parquet", SearchOption.AllDirectories)
        .Order(StringComparer.Ordinal).ToDictionary(file => Path.GetRelativePath(_folder.File(folder), file), File.ReadAllBytes);

    private async Task AssertOnceAsync() =>
        Assert.Equal(_events.Select(envelope => envelope.EventId).Order(), (await WrittenEvents.ReadAsync(_folder.Path)).Select(envelope => envelope.EventId).Order());
}
