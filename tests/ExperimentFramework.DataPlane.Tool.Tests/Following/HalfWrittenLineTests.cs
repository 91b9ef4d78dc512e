using ExperimentFramework.DataPlane.Tool.Tests.Streams;
using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Tool.Tests.Following;

/// <summary>Following begins while another program is in the middle of a line.</summary>
public sealed class HalfWrittenLineTests : IDisposable
{
    private readonly ToolFixture _tool = new();
    private readonly FakeTimeProvider _time = new(ToolFixture.Now);
    private readonly List<string> _faults = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string File => _tool.Path("a.jsonl");

    public void Dispose() => _tool.Dispose();

    [Fact]
    public async Task It_is_no_fault_and_counts_once_when_it_is_whole()
    {
        var lines = SampleStream.Lines(SampleStream.Few.Take(4));
        var source = await ReadAsync(lines[..^20]);
        Assert.Equal(3, Assert.Single(source.Ends).Value.Lines);

        await using var file = new FileStream(File, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
        await file.WriteAsync(lines.AsMemory(lines.Length - 20), Token);
        await file.WriteAsync("nonsense\n"u8.ToArray(), Token);
        await file.WriteAsync(SampleStream.Lines(SampleStream.Few.Skip(4).Take(1)), Token);
        await file.FlushAsync(Token);

        Assert.Equal(SampleStream.Few.Skip(3).Take(2).Select(envelope => envelope.EventId), await FollowAsync(source, 2));
        Assert.StartsWith($"Line 5 of '{File}' is not an event", Assert.Single(_faults), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_whole_event_without_the_end_of_its_line_is_read_at_once()
    {
        var source = await ReadAsync(SampleStream.Lines(SampleStream.Few.Take(3))[..^1]);

        Assert.Equal(2, Assert.Single(source.Ends).Value.Lines);
        Assert.Empty(_faults);
    }

    /// <summary>Reads what there is: three events.</summary>
    private async Task<EventSource> ReadAsync(byte[] lines)
    {
        await System.IO.File.WriteAllBytesAsync(File, lines, Token);
        var source = new EventSource(_tool.Console(_time), SourceFiles.Find([File]), fault => _faults.Add(fault.Message)) { IsFollowed = true };
        Assert.Equal(3, await source.ReadAsync(Token).CountAsync(Token));
        return source;
    }

    private async Task<IReadOnlyList<Guid>> FollowAsync(EventSource source, int count)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var following = FollowedSources.Of(_tool.Console(_time), ([File], source.Files), new SeenEvents(), source.Ends, (fault => _faults.Add(fault.Message), new Outages()), end.Token)
            .ReadAsync(end.Token).Take(count).Select(envelope => envelope.EventId).ToListAsync(Token).AsTask();
        await Eventually.Holds(() => following.IsCompleted, async () =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(250));
            await Task.Delay(1, Token);
        });
        return await following;
    }
}
