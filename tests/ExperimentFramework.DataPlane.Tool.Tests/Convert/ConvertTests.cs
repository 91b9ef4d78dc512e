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

        async IAsyncEnumerable<DataPlaneEnvelope> Events()
        {
            foreach (var envelope in SampleStream.Few)
            {
                yield return envelope;
            }

            await cancellation.CancelAsync();
            cancellation.Token.ThrowIfCancellationRequested();
        }
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

    [Theory]
    [InlineData("events.jsonl", "exists already")]
    [InlineData("events.csv", "must end in .jsonl")]
    [InlineData("new.jsonl", "--partitioned is for Parquet", "--partitioned")]
    public async Task A_target_that_makes_no_sense_is_refused(string target, string message, params string[] options)
    {
        using var tool = new ToolFixture();
        await File.WriteAllBytesAsync(tool.Path("events.jsonl"), SampleStream.Lines(SampleStream.Few));

        var run = await tool.RunAsync(["convert", tool.Path("events.jsonl"), "-o", tool.Path(target), .. options]);

        Assert.Equal(2, run.Code);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Sorted(byte[] lines) => System.Text.Encoding.UTF8.GetString(lines).Split('\n').Order(StringComparer.Ordinal);
}
