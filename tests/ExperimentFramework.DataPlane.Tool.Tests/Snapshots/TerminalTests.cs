using System.Text.RegularExpressions;
using ExperimentFramework.DataPlane.Tool.Tests.Streams;

namespace ExperimentFramework.DataPlane.Tool.Tests.Snapshots;

/// <summary>What commands write on a narrow and on a wide terminal, with and without colours.</summary>
public sealed partial class TerminalTests
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

    [Theory]
    [InlineData(80, false)]
    [InlineData(80, true)]
    [InlineData(200, false)]
    [InlineData(200, true)]
    public async Task ReadOut(int width, bool hasColours) => Snapshot.Verify(await RunAsync(width, hasColours, "readout", "events.jsonl", "-e", "checkout", "--plan", "plan.json"), Name(width, hasColours));

    [Theory]
    [InlineData(80, false)]
    [InlineData(80, true)]
    [InlineData(200, false)]
    [InlineData(200, true)]
    public async Task ReadOut_of_a_broken_split(int width, bool hasColours) => Snapshot.Verify(await RunAsync(width, hasColours, "readout", "events.jsonl", "-e", "search"), Name(width, hasColours));

    [Theory]
    [InlineData(80, false)]
    [InlineData(80, true)]
    [InlineData(200, false)]
    [InlineData(200, true)]
    public async Task Tail(int width, bool hasColours) => Snapshot.Verify(await RunAsync(width, hasColours, "tail", "events.jsonl", "-n", "8"), Name(width, hasColours));

    [Theory]
    [InlineData(80, false)]
    [InlineData(80, true)]
    [InlineData(200, false)]
    [InlineData(200, true)]
    public async Task Convert(int width, bool hasColours) => Snapshot.Verify(await RunAsync(width, hasColours, "convert", "events.jsonl", "-o", "target.jsonl"), Name(width, hasColours));

    [Theory]
    [InlineData(80, false)]
    [InlineData(80, true)]
    [InlineData(200, false)]
    [InlineData(200, true)]
    public async Task Power(int width, bool hasColours) => Snapshot.Verify(await RunAsync(width, hasColours, "power", "--baseline", "0.1", "--effect", "0.05"), Name(width, hasColours));

    [Theory]
    [InlineData(80, false)]
    [InlineData(80, true)]
    [InlineData(200, false)]
    [InlineData(200, true)]
    public async Task Plan(int width, bool hasColours) => Snapshot.Verify(await RunAsync(width, hasColours, "plan", "plan.json", "--weights", "checkout:control=50,b=50", "--traffic", "events.jsonl"), Name(width, hasColours));

    [Theory]
    [InlineData(80, false)]
    [InlineData(80, true)]
    [InlineData(200, false)]
    [InlineData(200, true)]
    public async Task Compute(int width, bool hasColours) => Snapshot.Verify(await RunAsync(width, hasColours, "compute", "--list"), Name(width, hasColours));

    [Theory]
    [InlineData(80, false)]
    [InlineData(80, true)]
    [InlineData(200, false)]
    [InlineData(200, true)]
    public async Task Errors_and_warnings(int width, bool hasColours)
    {
        var warned = await RunAsync(width, hasColours, "convert", "foreign.jsonl", "events.jsonl", "-o", "target");
        var failed = await RunAsync(width, hasColours, "inspect", "missing.jsonl");
        Snapshot.Verify(warned + failed, Name(width, hasColours));
    }

    [Theory]
    [InlineData(80, false)]
    [InlineData(80, true)]
    [InlineData(200, false)]
    [InlineData(200, true)]
    public async Task Serve(int width, bool hasColours)
    {
        using var tool = new ToolFixture { Width = width, HasColours = hasColours };
        await File.WriteAllBytesAsync(tool.Path("events.jsonl"), [.. "Hello\n"u8, .. SampleStream.Lines(SampleStream.Few)]);

        var run = await tool.RunUntilAsync("Ctrl+C ends it.", "serve", tool.Path("events.jsonl"), "--urls", "http://127.0.0.1:0");

        Assert.Equal(130, run.Code);
        Snapshot.Verify(Port().Replace(run.Output + run.Error, ":PORT"), Name(width, hasColours));
    }

    [GeneratedRegex("(?<=127.0.0.1):[0-9]+")]
    private static partial Regex Port();

    private static string Name(int width, bool hasColours) => $"{width}{(hasColours ? "-colours" : "")}";

    private static async Task<string> WriteAsync(int width, bool hasColours, string command, bool isDamaged = false, params string[] options)
    {
        using var tool = new ToolFixture { Width = width, HasColours = hasColours };
        var lines = SampleStream.Lines(SampleStream.All);
        await File.WriteAllBytesAsync(tool.Path("events.jsonl"), isDamaged ? lines[..^3_000] : lines);
        var run = await tool.RunAsync([command, tool.Path("events.jsonl"), .. options.Select(option => option.Contains('.', StringComparison.Ordinal) ? tool.Path(option) : option)]);
        return run.Output + run.Error;
    }

    private static async Task<string> RunAsync(int width, bool hasColours, params string[] arguments)
    {
        using var tool = new ToolFixture { Width = width, HasColours = hasColours };
        var events = SampleStream.All.Concat(SampleStream.Purchases).OrderBy(envelope => envelope.Timestamp);
        await File.WriteAllBytesAsync(tool.Path("events.jsonl"), SampleStream.Lines(events));
        await File.WriteAllBytesAsync(tool.Path("foreign.jsonl"), [.. "Hello\n"u8, .. SampleStream.Lines(SampleStream.All.Take(1))]);
        await File.WriteAllTextAsync(tool.Path("plan.json"), """{"experiment":"checkout","metric":"purchase","window":"00:01:00","baseline":0.15,"minimumEffect":0.25}""");
        var run = await tool.RunAsync([.. arguments.Select(argument => argument.EndsWith(".jsonl", StringComparison.Ordinal) || argument is "plan.json" or "target" ? tool.Path(argument) : argument)]);
        return run.Output + run.Error;
    }
}
