using ExperimentFramework.DataPlane.Parquet;
using ExperimentFramework.DataPlane.Tool.Tests.Streams;
using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Tool.Tests.Following;

/// <summary>Following shows each event once, whatever happens to its file.</summary>
public sealed class FollowTests : IAsyncDisposable
{
    private const string Journal = "20260301T120000.0000000Z-0123456789abcdef0123456789abcdef";

    private readonly ToolFixture _tool = new();
    private readonly List<string> _faults = [];
    private readonly List<string> _sources = [];
    private readonly List<SourceFile> _found = [];
    private readonly Outages _outages = new();
    private IReadOnlyDictionary<string, (long Lines, long Bytes)> _ends = new Dictionary<string, (long, long)>();
    private readonly FakeTimeProvider _time = new(ToolFixture.Now);
    private readonly CancellationTokenSource _end = new();
    private Func<Task> _beforeLook = static () => Task.CompletedTask;
    private IAsyncEnumerator<DataPlaneEnvelope>? _events;

    public FollowTests()
    {
        Directory.CreateDirectory(_tool.Path("events"));
        _sources.Add(_tool.Path("events"));
    }

    [Fact]
    public async Task What_is_appended_is_shown_also_under_the_name_of_a_finished_file()
    {
        await AppendAsync($"{Journal}.jsonl.open", 0, 10);
        await SeesAsync(0, 10);
        await AppendAsync($"{Journal}.jsonl.open", 10, 5);
        await SeesAsync(10, 5);
        await AppendAsync($"{Journal}.jsonl.open", 15, 2);
        File.Move(_tool.Path($"events/{Journal}.jsonl.open"), _tool.Path($"events/{Journal}.jsonl"));
        await SeesAsync(15, 2);
        await SeesNothingElseAsync();
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("split")]
    [InlineData("parquet")]
    public async Task What_was_written_between_two_looks_is_shown_from_what_the_file_has_become(string kind)
    {
        await AppendAsync($"{Journal}.jsonl.open", 0, 10);
        await SeesAsync(0, 10);

        // Written, finished and converted before the next look.
        var all = SampleStream.Few.Take(14).ToList();
        switch (kind)
        {
            case "gzip":
                await File.WriteAllBytesAsync(_tool.Path($"events/{Journal}.jsonl.gz"), SampleStream.Gzip(SampleStream.Lines(all)), TestContext.Current.CancellationToken);
                break;
            case "split":
                foreach (var experiment in all.GroupBy(envelope => envelope.Payload.ExperimentName))
                {
                    var folder = _tool.Path($"events/experiment={experiment.Key}/date=2026-03-01");
                    Directory.CreateDirectory(folder);
                    await File.WriteAllBytesAsync(Path.Combine(folder, $"{Journal}.jsonl"), SampleStream.Lines(experiment), TestContext.Current.CancellationToken);
                }

                break;
            default:
                await ParquetEventFiles.WriteAsync(all.ToAsyncEnumerable(), _tool.Path("events"), cancellationToken: TestContext.Current.CancellationToken);
                break;
        }

        File.Delete(_tool.Path($"events/{Journal}.jsonl.open"));
        Assert.Equal(SampleStream.Few.Skip(10).Take(4).Select(envelope => envelope.EventId).Order(), (await TakeAsync(4)).Order());
        await SeesNothingElseAsync();
    }

    [Fact]
    public async Task A_file_that_was_finished_and_read_is_not_shown_again_when_it_is_compressed()
    {
        await AppendAsync($"{Journal}.jsonl", 0, 10);
        await SeesAsync(0, 10);
        await File.WriteAllBytesAsync(_tool.Path($"events/{Journal}.jsonl.gz"), SampleStream.Gzip(SampleStream.Lines(SampleStream.Few.Take(10))), TestContext.Current.CancellationToken);
        File.Delete(_tool.Path($"events/{Journal}.jsonl"));

        await SeesNothingElseAsync();
    }

    [Fact]
    public async Task Split_files_of_one_name_are_each_followed()
    {
        await AppendAsync($"experiment=a/date=2026-03-01/{Journal}.jsonl", 0, 4);
        await AppendAsync($"experiment=b/date=2026-03-01/{Journal}.jsonl", 4, 4);
        await SeesAsync(0, 8);
        await AppendAsync($"experiment=a/date=2026-03-01/{Journal}.jsonl", 8, 2);
        await SeesAsync(8, 2);
        await AppendAsync($"experiment=b/date=2026-03-01/{Journal}.jsonl", 10, 2);
        await SeesAsync(10, 2);
        await SeesNothingElseAsync();
    }

    [Fact]
    public async Task A_line_is_shown_when_its_end_was_written()
    {
        var lines = SampleStream.Lines(SampleStream.Few.Take(3));
        await File.WriteAllBytesAsync(_tool.Path("events/a.jsonl"), lines[..^20], TestContext.Current.CancellationToken);
        await SeesAsync(0, 2);
        await File.WriteAllBytesAsync(_tool.Path("events/a.jsonl"), lines, TestContext.Current.CancellationToken);
        await SeesAsync(2, 1);
        await SeesNothingElseAsync();
        Assert.Empty(_faults);
    }

    [Fact]
    public async Task A_line_that_is_no_event_is_warned_of_once_with_its_number_in_the_file()
    {
        await AppendAsync("a.jsonl", 0, 3);
        await SeesAsync(0, 3);
        await File.AppendAllTextAsync(_tool.Path("events/a.jsonl"), "nonsense\n", TestContext.Current.CancellationToken);
        await AppendAsync("a.jsonl", 3, 2);
        await SeesAsync(3, 2);
        await AppendAsync("a.jsonl", 5, 2);
        await SeesAsync(5, 2);
        await SeesNothingElseAsync();

        Assert.StartsWith($"Line 4 of '{_tool.Path("events/a.jsonl")}' is not an event", Assert.Single(_faults), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_empty_or_truncated_is_followed_on()
    {
        await File.WriteAllBytesAsync(_tool.Path("events/a.jsonl"), [], TestContext.Current.CancellationToken);
        await AppendAsync("b.jsonl", 0, 1);
        await SeesAsync(0, 1);
        await AppendAsync("a.jsonl", 1, 5);
        await SeesAsync(1, 5);
        await File.WriteAllBytesAsync(_tool.Path("events/a.jsonl"), SampleStream.Lines(SampleStream.Few.Skip(6).Take(2)), TestContext.Current.CancellationToken);
        await SeesAsync(6, 2);
        await SeesNothingElseAsync();
    }

    /// <summary>A line for each event, all of one length: the new file has a line's end where reading ended.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_file_that_is_replaced_is_read_from_its_beginning_whatever_its_size(int more)
    {
        string[] lines = [.. SampleStream.Few.Take(12).Select(DataPlaneJson.Serialize)];
        var length = lines.Max(static line => line.Length) + 1;
        await WriteAsync(0, 4);
        await SeesAsync(0, 4);
        await WriteAsync(4, 4 + more);

        await SeesAsync(4, 4 + more);
        await SeesNothingElseAsync();
        Assert.Empty(_faults);

        async Task WriteAsync(int first, int count)
        {
            await File.WriteAllTextAsync(_tool.Path("events/new"), string.Concat(lines.Skip(first).Take(count).Select(line => line.PadRight(length - 1) + "\n")), TestContext.Current.CancellationToken);
            File.Move(_tool.Path("events/new"), _tool.Path("events/a.jsonl"), overwrite: true);
        }
    }

    [Fact]
    public async Task A_compressed_file_that_is_still_copied_is_read_when_it_is_whole()
    {
        var whole = SampleStream.Gzip(SampleStream.Lines(SampleStream.Few.Take(20)));
        await AppendAsync("a.jsonl", 30, 1);
        await SeesAsync(30, 1);

        // Some bytes between each look and the next.
        await using var copy = new FileStream(_tool.Path("events/copied.jsonl.gz"), FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        _beforeLook = async () =>
        {
            var (from, to) = ((int)copy.Position, Math.Min(whole.Length, (int)copy.Position + (whole.Length / 10)));
            await copy.WriteAsync(whole.AsMemory(from..to), TestContext.Current.CancellationToken);
        };

        await SeesAsync(0, 20);
        await SeesNothingElseAsync();
        Assert.Empty(_faults);
    }

    [Fact]
    public async Task A_compressed_file_that_is_replaced_is_read_again()
    {
        await File.WriteAllBytesAsync(_tool.Path("events/a.jsonl.gz"), SampleStream.Gzip(SampleStream.Lines(SampleStream.Few.Take(5))), TestContext.Current.CancellationToken);
        await SeesAsync(0, 5);
        await File.WriteAllBytesAsync(_tool.Path("events/a.jsonl.gz"), SampleStream.Gzip(SampleStream.Lines(SampleStream.Few.Skip(5).Take(10))), TestContext.Current.CancellationToken);

        await SeesAsync(5, 10);
        await SeesNothingElseAsync();
    }

    [Fact]
    public async Task A_source_that_is_gone_is_warned_of_once_and_the_others_are_followed()
    {
        _sources.Add(_tool.Path("other"));
        Directory.CreateDirectory(_tool.Path("other"));
        await AppendAsync("../other/b.jsonl", 0, 1);
        await AppendAsync("c.jsonl", 1, 1);
        await SeesAsync(0, 2);
        Directory.Delete(_tool.Path("other"), recursive: true);

        var next = 2;
        while (_faults.Count == 0)
        {
            Assert.NotEqual(40, next);
            await AppendAsync("c.jsonl", next, 1);
            await SeesAsync(next++, 1);
        }

        await AppendAsync("../other/b.jsonl", next, 1);
        await SeesAsync(next, 1);
        await SeesNothingElseAsync();
        Assert.Contains(_tool.Path("other"), Assert.Single(_faults), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_what_is_new_is_read()
    {
        await AppendAsync("a.jsonl", 0, 10);
        await SeesAsync(0, 10);

        // What was read may be overwritten but for its end, by which the file is recognized: nobody looks there again.
        var bytes = await File.ReadAllBytesAsync(_tool.Path("events/a.jsonl"), TestContext.Current.CancellationToken);
        Array.Fill(bytes, (byte)'x', 0, bytes.Length - 1_024);
        await File.WriteAllBytesAsync(_tool.Path("events/a.jsonl"), [.. bytes, .. SampleStream.Lines(SampleStream.Few.Skip(10).Take(2))], TestContext.Current.CancellationToken);

        await SeesAsync(10, 2);
        Assert.Empty(_faults);
    }

    [Fact]
    public async Task What_was_read_before_is_not_read_again_when_its_file_grows()
    {
        await AppendAsync("a.jsonl", 0, 3);
        await File.AppendAllTextAsync(_tool.Path("events/a.jsonl"), "Hello\n", TestContext.Current.CancellationToken);
        _found.AddRange(SourceFiles.Find(_sources));
        var source = new EventSource(_tool.Console(_time), _found, fault => _faults.Add(fault.Message)) { IsFollowed = true };
        Assert.Equal(3, await source.ReadAsync(TestContext.Current.CancellationToken).CountAsync(TestContext.Current.CancellationToken));
        _ends = source.Ends;

        _beforeLook = async () =>
        {
            _beforeLook = static () => Task.CompletedTask;
            await AppendAsync("a.jsonl", 3, 2);
            await File.AppendAllTextAsync(_tool.Path("events/a.jsonl"), "Hello again\n", TestContext.Current.CancellationToken);
        };
        await SeesAsync(3, 2);
        await SeesNothingElseAsync();

        Assert.Equal([4, 7], _faults.Select(fault => int.Parse(fault.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task A_server_that_cannot_be_reached_is_followed_on_when_it_can_be_and_a_second_outage_before_its_next_event_is_reported_too()
    {
        var remote = new FailingServer(() => _outages.All.Count);
        _sources.Clear();
        _found.Add(new SourceFile(remote.Name, null, 0) { Remote = remote });

        await SeesAsync(0, 2);

        Assert.Equal("The server is away. What is written to 'test://server' meanwhile is read when it can be reached again, unless it has been deleted by then.", Assert.Single(_faults.Distinct()));
        Assert.Equal(2, _faults.Count);
        Assert.Equal([0, 1, 1, 1, 0, 1], remote.OutagesSeen);
        Assert.Empty(_outages.All);
    }

    [Fact]
    public async Task No_event_is_lost_between_the_last_events_and_those_that_arrive()
    {
        await AppendAsync("a.jsonl", 0, 3);
        using var process = ToolProcess.Start("tail", _tool.Path("events/a.jsonl"), "--follow", "--json", "--show-subjects");
        for (var index = 0; index < 40; index++)
        {
            if (index > 2)
            {
                await AppendAsync("a.jsonl", index, 1);
            }

            Assert.Equal(DataPlaneJson.Serialize(SampleStream.Few[index]), await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        }

        process.Kill();
    }

    public async ValueTask DisposeAsync()
    {
        if (_events is not null)
        {
            await _end.CancelAsync();
            await _events.DisposeAsync();
        }

        _end.Dispose();
        _tool.Dispose();
    }

    private async Task AppendAsync(string file, int first, int count)
    {
        var path = _tool.Path("events/" + file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await using var stream = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        await stream.WriteAsync(SampleStream.Lines(SampleStream.Few.Skip(first).Take(count)), TestContext.Current.CancellationToken);
    }

    private async Task SeesAsync(int first, int count) => Assert.Equal(SampleStream.Few.Skip(first).Take(count).Select(envelope => envelope.EventId), await TakeAsync(count));

    /// <summary>The next event is that of a file that is written now.</summary>
    private async Task SeesNothingElseAsync()
    {
        await AppendAsync("zz.jsonl", SampleStream.Few.Count - 1, 1);
        await SeesAsync(SampleStream.Few.Count - 1, 1);
    }

    private async Task<List<Guid>> TakeAsync(int count)
    {
        _events ??= FollowedSources.Of(
            _tool.Console(_time), (_sources, _found), new SeenEvents(), _ends, (fault => _faults.Add(fault.Message), _outages), _end.Token).ReadAsync(_end.Token).GetAsyncEnumerator(_end.Token);
        List<Guid> seen = [];
        while (seen.Count < count)
        {
            var next = _events.MoveNextAsync().AsTask();
            await Eventually.Holds(() => next.IsCompleted, async () =>
            {
                await _beforeLook();
                _time.Advance(TimeSpan.FromMilliseconds(250));
                await Task.Delay(1, TestContext.Current.CancellationToken);
            });
            Assert.True(await next);
            seen.Add(_events.Current.EventId);
        }

        return seen;
    }
}
