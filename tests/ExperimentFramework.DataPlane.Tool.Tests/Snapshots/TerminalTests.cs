using ExperimentFramework.DataPlane.Tool.Tests.Streams;

namespace ExperimentFramework.DataPlane.Tool.Tests.Snapshots;

/// <summary>What commands write on a narrow and on a wide terminal, with and without colours.</summary>
public sealed class TerminalTests
{
    [Theory]
    [InlineData(80, false)]
    [InlineData(80, true)]
    [InlineData(200, false)]
    [InlineData(200, true)]
    public async Task Inspect(int width, bool hasColours) => Snapshot.Verify(await WriteAsync(width, hasColours, "inspect"), Name(width, hasColours));

    [Theory]
    [InlineData(80, false)]
    [InlineData(80, true)]
    [InlineData(200, false)]
    [InlineData(200, true)]
    public async Task Verify(int width, bool hasColours) => Snapshot.Verify(await WriteAsync(width, hasColours, "verify", isDamaged: true), Name(width, hasColours));

    [Theory]
    [InlineData(80, false)]
    [InlineData(80, true)]
    [InlineData(200, false)]
    [InlineData(200, true)]
    public async Task Srm(int width, bool hasColours) => Snapshot.Verify(await WriteAsync(width, hasColours, "srm"), Name(width, hasColours));

    [Theory]
    [InlineData(80, false)]
    [InlineData(80, true)]
    [InlineData(200, false)]
    [InlineData(200, true)]
    public async Task Report(int width, bool hasColours) => Snapshot.Verify(await WriteAsync(width, hasColours, "report", options: ["-o", "report.html"]), Name(width, hasColours));

    private static string Name(int width, bool hasColours) => $"{width}{(hasColours ? "-colours" : "")}";

    private static async Task<string> WriteAsync(int width, bool hasColours, string command, bool isDamaged = false, params string[] options)
    {
        using var tool = new ToolFixture { Width = width, HasColours = hasColours };
        var lines = SampleStream.Lines(SampleStream.All);
        await File.WriteAllBytesAsync(tool.Path("events.jsonl"), isDamaged ? lines[..^3_000] : lines);
        var run = await tool.RunAsync([command, tool.Path("events.jsonl"), .. options.Select(option => option.Contains('.', StringComparison.Ordinal) ? tool.Path(option) : option)]);
        return run.Output + run.Error;
    }
}
