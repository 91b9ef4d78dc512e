using ExperimentFramework.DataPlane.Tool.Tests.Streams;

namespace ExperimentFramework.DataPlane.Tool.Tests.Convert;

public sealed class ConvertTests
{
    [Theory]
    [InlineData("target.jsonl")]
    [InlineData("target.jsonl.gz")]
    [InlineData("target.jsonl.zst")]
    [InlineData("target")]
    [InlineData("target", "--partitioned")]
    public async Task Nothing_is_lost_on_the_way_there_and_back(string target, params string[] options)
    {
        using var tool = new ToolFixture();
        await File.WriteAllBytesAsync(tool.Path("events.jsonl"), SampleStream.Lines(SampleStream.Few));

        var there = await tool.RunAsync(["convert", tool.Path("events.jsonl"), "-o", tool.Path(target), .. options]);
        var back = await tool.RunAsync("convert", tool.Path(target), "-o", tool.Path("back.jsonl"));

        Assert.Equal((0, 0, "", ""), (there.Code, back.Code, there.Error, back.Error));
        Assert.Equal(Sorted(SampleStream.Lines(SampleStream.Few)), Sorted(await File.ReadAllBytesAsync(tool.Path("back.jsonl"), TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task Many_files_become_one_and_each_event_is_written_once()
    {
        using var tool = new ToolFixture();
        Directory.CreateDirectory(tool.Path("small"));
        for (var part = 0; part < 20; part++)
        {
            await File.WriteAllBytesAsync(tool.Path($"small/{part}.jsonl"), SampleStream.Lines(SampleStream.Few.Skip(part * 5).Take(6)));
        }

        var once = await tool.RunAsync("convert", tool.Path("small"), "-o", tool.Path("once.jsonl"));
        var asDelivered = await tool.RunAsync("convert", tool.Path("small"), "-o", tool.Path("delivered.jsonl"), "--keep-duplicates", "--json");

        Assert.Contains("101 events", once.Output, StringComparison.Ordinal);
        Assert.Contains("19 duplicates left out", once.Output, StringComparison.Ordinal);
        Assert.Contains("\"events\": 120", asDelivered.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("target.jsonl")]
    [InlineData("target")]
    public async Task A_conversion_that_is_canceled_leaves_nothing(string target)
    {
        using var tool = new ToolFixture();
        using var cancellation = new CancellationTokenSource();
        var conversion = ConversionTarget.Of(tool.Path(target), isPartitioned: false);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => conversion.WriteAsync(Events(), TimeProvider.System, cancellation.Token));

        Assert.Empty(Directory.EnumerateFileSystemEntries(tool.Path("")));

        async IAsyncEnumerable<SourceEvent> Events()
        {
            foreach (var envelope in SampleStream.Few)
            {
                yield return new SourceEvent(envelope, "events.jsonl", 1, default);
            }

            await cancellation.CancelAsync();
            cancellation.Token.ThrowIfCancellationRequested();
        }
    }

    [Theory]
    [InlineData("target.jsonl")]
    [InlineData("target.jsonl.gz")]
    [InlineData("archive.2026")]
    public async Task Events_are_written_in_the_order_of_their_times(string target)
    {
        using var tool = new ToolFixture();
        var events = SampleStream.All.Where((_, index) => index % 50 == 0).ToList();
        var parts = events.Chunk(30).Reverse().SelectMany(part => part).ToList();
        await File.WriteAllBytesAsync(tool.Path("events.jsonl"), SampleStream.Lines(parts));

        var run = await tool.RunAsync("convert", tool.Path("events.jsonl"), "-o", tool.Path(target));
        var back = await tool.RunAsync("convert", tool.Path(target), "-o", tool.Path("back.jsonl"));

        Assert.Equal((0, 0, "", ""), (run.Code, back.Code, run.Error, back.Error));
        var expected = events.OrderBy(envelope => envelope.Timestamp).ThenBy(envelope => envelope.EventId);
        Assert.Equal(System.Text.Encoding.UTF8.GetString(SampleStream.Lines(expected)), await File.ReadAllTextAsync(tool.Path("back.jsonl"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Fields_that_are_not_known_are_copied_into_JSON_lines_and_missing_in_Parquet_with_a_warning()
    {
        using var tool = new ToolFixture();
        var text = System.Text.Encoding.UTF8.GetString(SampleStream.Lines(SampleStream.Few)).Replace("\"selectionReason\":", "\"colour\":{\"r\": 1},\"selectionReason\":", StringComparison.Ordinal);
        await File.WriteAllTextAsync(tool.Path("events.jsonl"), text, TestContext.Current.CancellationToken);
        var exposures = SampleStream.Few.Count(envelope => envelope.Payload is ExposureEvent);

        var copied = await tool.RunAsync("convert", tool.Path("events.jsonl"), "-o", tool.Path("copy.jsonl"));
        var parquet = await tool.RunAsync("convert", tool.Path("events.jsonl"), "-o", tool.Path("archive"));

        Assert.Equal((0, ""), (copied.Code, copied.Error));
        Assert.Equal(text.Split('\n').Order(StringComparer.Ordinal), Sorted(await File.ReadAllBytesAsync(tool.Path("copy.jsonl"), TestContext.Current.CancellationToken)));
        Assert.Equal(0, parquet.Code);
        Assert.Equal($"warning: {exposures} events of Exposure had the field payload.colour, which this version does not know and Parquet has no place for. It was left out; JSON lines keep it.\n", parquet.Error);
    }

    [Theory]
    [InlineData("archive")]
    [InlineData("target.jsonl")]
    public async Task A_folder_without_events_is_an_error_that_says_why(string target)
    {
        using var tool = new ToolFixture();
        Directory.CreateDirectory(tool.Path("events"));
        await File.WriteAllTextAsync(tool.Path("events/foreign.jsonl"), "Hello\n", TestContext.Current.CancellationToken);

        var run = await tool.RunAsync("convert", tool.Path("events"), "-o", tool.Path(target));

        Assert.Equal((2, ""), (run.Code, run.Output));
        Assert.Matches("^error: Nothing in the folder 'FOLDER/events' could be read. Line 1 of 'FOLDER/events/foreign.jsonl' is not an event.*\n$", run.Error);
        Assert.Equal(["events"], Directory.EnumerateFileSystemEntries(tool.Path("")).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("new/deep/target.jsonl")]
    [InlineData("new/deep/archive")]
    public async Task Folders_that_were_created_for_a_target_are_gone_with_it(string target)
    {
        using var tool = new ToolFixture();
        Directory.CreateDirectory(tool.Path("events"));
        await File.WriteAllTextAsync(tool.Path("events/begun.jsonl.open"), "", TestContext.Current.CancellationToken);

        var run = await tool.RunAsync("convert", tool.Path("events"), "-o", tool.Path(target));

        Assert.Equal((2, $"error: The sources have no events that can be read, so 'FOLDER/{target}' was not written.\n"), (run.Code, run.Error));
        Assert.Equal(["events"], Directory.EnumerateFileSystemEntries(tool.Path("")).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_source_that_cannot_be_read_leaves_nothing()
    {
        using var tool = new ToolFixture();
        await File.WriteAllTextAsync(tool.Path("foreign.jsonl"), "Hello\n", TestContext.Current.CancellationToken);

        var run = await tool.RunAsync("convert", tool.Path("foreign.jsonl"), "-o", tool.Path("target.jsonl"));

        Assert.Equal(2, run.Code);
        Assert.Equal(["foreign.jsonl"], Directory.EnumerateFileSystemEntries(tool.Path("")).Select(Path.GetFileName));
    }

    private static IEnumerable<string> Sorted(byte[] lines) => System.Text.Encoding.UTF8.GetString(lines).Split('\n').Order(StringComparer.Ordinal);
}
