using ExperimentFramework.DataPlane.Tests.Delivery;
using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Parquet.Tests;

/// <summary>When Parquet files are written, and who may read them.</summary>
public sealed class ParquetDataBackplaneTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Events_are_in_the_journal_first_and_in_Parquet_after_the_interval()
    {
        await using var backplane = Create(new ParquetDataBackplaneOptions { RollInterval = TimeSpan.FromMinutes(5) });
        await backplane.PublishAsync(SampleEvents.Envelope(SampleEvents.Exposure), Token);

        _time.Advance(TimeSpan.FromMinutes(4));
        Assert.Single(Journal);
        Assert.Empty(ParquetFiles);

        _time.Advance(TimeSpan.FromMinutes(1));
        await Eventually.Holds(() => ParquetFiles.Count == 1 && Journal.Count == 0);
        Assert.Single(await WrittenEvents.ReadAsync(_folder.Path));
    }

    [Fact]
    public async Task Nothing_is_written_for_an_interval_without_events()
    {
        await using var backplane = Create(new ParquetDataBackplaneOptions { RollInterval = TimeSpan.FromMinutes(5) });
        await backplane.PublishAsync(SampleEvents.Envelope(SampleEvents.Exposure), Token);
        _time.Advance(TimeSpan.FromMinutes(5));
        await Eventually.Holds(() => ParquetFiles.Count == 1 && Journal.Count == 0);

        _time.Advance(TimeSpan.FromHours(1));
        await backplane.PublishAsync(SampleEvents.Envelope(SampleEvents.Exposure), Token);

        Assert.Single(Journal);
        Assert.Single(ParquetFiles);
    }

    [Fact]
    public async Task The_events_of_an_interval_are_in_one_file()
    {
        await using (var backplane = Create(new ParquetDataBackplaneOptions { RollInterval = TimeSpan.FromMinutes(5) }))
        {
            await backplane.PublishAsync(SampleEvents.Envelope(SampleEvents.Exposure), Token);
            _time.Advance(TimeSpan.FromMinutes(5));
            for (var i = 0; i < 3; i++)
            {
                await backplane.PublishAsync(SampleEvents.Envelope(SampleEvents.Exposure), Token);
            }
        }

        // What the end of the destination left is converted by the next one.
        await using var next = Create();
        await _time.AdvanceUntil(() => Journal.Count == 0, TimeSpan.FromSeconds(30));
        Assert.Equal(2, ParquetFiles.Count);
        Assert.Equal(4, (await WrittenEvents.ReadAsync(_folder.Path)).Count);
    }

    [Fact]
    public async Task A_journal_file_is_converted_when_it_has_its_size()
    {
        await using var backplane = Create(new ParquetDataBackplaneOptions { RollBytes = 64 * 1024 });
        var events = Enumerable.Range(0, 1_000).Select(_ => SampleEvents.Envelope(SampleEvents.Exposure)).ToList();

        foreach (var batch in events.Chunk(100))
        {
            await backplane.PublishAsync(batch, Token);
        }

        await Eventually.Holds(() => ParquetFiles.Count > 5 && Journal.Count <= 1);
        await backplane.DisposeAsync();
        Assert.Equal(events.Select(envelope => envelope.EventId).Order(), (await WrittenEvents.ReadAsync(_folder.Path)).Select(envelope => envelope.EventId).Order());
    }

    [Fact]
    public async Task Rolls_by_time_in_the_midst_of_batches_neither_lose_nor_double_an_event()
    {
        var events = Enumerable.Range(0, 600).Select(_ => SampleEvents.Envelope(SampleEvents.Exposure)).ToList();
        using var ends = new CancellationTokenSource();
        await using (var backplane = Create(new ParquetDataBackplaneOptions { RollInterval = TimeSpan.FromSeconds(1) }))
        {
            var rolling = Task.Run(
                () =>
                {
                    while (!ends.IsCancellationRequested)
                    {
                        _time.Advance(TimeSpan.FromSeconds(1));
                    }
                },
                Token);
            foreach (var batch in events.Chunk(2))
            {
                await backplane.PublishAsync(batch, Token);
            }

            await ends.CancelAsync();
            await rolling;
        }

        await using (Create())
        {
            await _time.AdvanceUntil(() => Journal.Count == 0, TimeSpan.FromSeconds(30));
        }

        Assert.Equal(events.Select(envelope => envelope.EventId).Order(), (await WrittenEvents.ReadAsync(_folder.Path)).Select(envelope => envelope.EventId).Order());
    }

    [Fact]
    public async Task What_a_synchronous_disposal_left_is_converted_at_the_next_start()
    {
        using (var first = Create())
        {
            await first.PublishAsync(SampleEvents.Envelope(SampleEvents.Exposure), Token);
        }

        await using var second = Create();

        // The first one may still have the folder's lock when the second one asks for it, which asks again after a minute.
        await _time.AdvanceUntil(() => ParquetFiles.Count == 1 && Journal.Count == 0, TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Each_kind_of_event_has_a_folder()
    {
        await using (var backplane = Create())
        {
            await backplane.PublishAsync([.. SampleEvents.All.Select(SampleEvents.Envelope)], Token);
        }

        Assert.Equal(
            ["accounts", "analysis_signals", "assignments", "errors", "exposures", "metrics", "outcomes"],
            ParquetFiles.Select(file => Path.GetFileName(Path.GetDirectoryName(file)!)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Only_the_user_of_the_process_can_read_the_files()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has access rules of folders instead of modes.");
        var folder = _folder.File("new");
        await using (var backplane = new ParquetDataBackplane(folder))
        {
            await backplane.PublishAsync(SampleEvents.Envelope(SampleEvents.Exposure), Token);
        }

        const UnixFileMode others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
        string[] all = [folder, .. Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories)];
        Assert.Contains(all, path => path.EndsWith(".parquet", StringComparison.Ordinal));
        Assert.All(all, path => Assert.Equal(UnixFileMode.None, (OperatingSystem.IsWindows() ? UnixFileMode.None : File.GetUnixFileMode(path)) & others));
    }

    [Fact]
    public async Task Two_destinations_share_a_folder()
    {
        var events = Enumerable.Range(0, 200).Select(_ => SampleEvents.Envelope(SampleEvents.Exposure)).ToList();
        await using (var first = Create(new ParquetDataBackplaneOptions { RollBytes = 64 * 1024 }))
        await using (var second = Create(new ParquetDataBackplaneOptions { RollBytes = 64 * 1024 }))
        {
            foreach (var batch in events.Chunk(20))
            {
                await first.PublishAsync(batch[..10], Token);
                await second.PublishAsync(batch[10..], Token);
            }
        }

        // The one that was disposed first may have left its last file to the other, or to the next start.
        await using (Create())
        {
            await Eventually.Holds(() => Journal.Count == 0);
        }

        Assert.Equal(events.Select(envelope => envelope.EventId).Order(), (await WrittenEvents.ReadAsync(_folder.Path)).Select(envelope => envelope.EventId).Order());
    }

    [Fact]
    public async Task An_event_with_a_field_that_is_null_against_its_type_harms_no_other()
    {
        var events = Enumerable.Range(0, 3).Select(_ => SampleEvents.Envelope(SampleEvents.Exposure)).ToList();
        events[1] = events[1] with { Payload = SampleEvents.Exposure with { VariantKey = null! } };
        await using (var backplane = Create())
        {
            await backplane.PublishAsync(events, Token);
        }

        Assert.Equal(new[] { events[0].EventId, events[2].EventId }.Order(), (await WrittenEvents.ReadAsync(_folder.Path)).Select(envelope => envelope.EventId).Order());
        Assert.Contains(events[1].EventId.ToString(), await File.ReadAllTextAsync(Assert.Single(Directory.EnumerateFiles(_folder.File("unreadable"))), Token), StringComparison.Ordinal);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private IReadOnlyList<string> Journal => [.. Directory.EnumerateFiles(_folder.File("journal"), "*.jsonl*")];

    private IReadOnlyList<string> ParquetFiles => [.. Directory.EnumerateFiles(_folder.Path, "*.parquet", SearchOption.AllDirectories)];

    private ParquetDataBackplane Create(ParquetDataBackplaneOptions? options = null) => new(_folder.Path, options, timeProvider: _time);
}
