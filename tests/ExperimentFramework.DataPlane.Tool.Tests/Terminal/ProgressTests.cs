using ExperimentFramework.DataPlane.Tool.Tests.Streams;

namespace ExperimentFramework.DataPlane.Tool.Tests.Terminal;

public sealed class ProgressTests
{
    [Theory]
    [InlineData("srm", "events")]
    [InlineData("verify", "events")]
    [InlineData("readout", "events", "-e", "checkout")]
    public async Task Progress_is_that_of_all_files_together(params string[] command)
    {
        using var tool = new ToolFixture { ShowsProgress = true };
        Directory.CreateDirectory(tool.Path("events"));
        foreach (var (index, part) in SampleStream.All.Chunk(500).Index())
        {
            // Less than is read between two looks at the clock.
            await File.WriteAllBytesAsync(tool.Path($"events/{index:d3}.jsonl"), SampleStream.Lines(part), TestContext.Current.CancellationToken);
        }

        var run = await tool.RunAsync(console => CommandLine.Create(console).RunAsync([command[0], tool.Path("events"), .. command.Skip(2)]), new RushingTime());

        var shown = run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains(shown, line => line.Contains(" 4,096 events", StringComparison.Ordinal));
        Assert.Contains(shown, line => line.Contains(" 8,192 events", StringComparison.Ordinal));
        Assert.Single(shown, line => line.StartsWith("\e[K", StringComparison.Ordinal));
    }

    /// <summary>Each look at the clock is a second later.</summary>
    private sealed class RushingTime : TimeProvider
    {
        private long _looks;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => ++_looks;

        public override DateTimeOffset GetUtcNow() => ToolFixture.Now;
    }
}
