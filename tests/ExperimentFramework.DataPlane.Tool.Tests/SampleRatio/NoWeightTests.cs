using System.Text.Json.Nodes;
using ExperimentFramework.DataPlane.Tool.Tests.Streams;

namespace ExperimentFramework.DataPlane.Tool.Tests.SampleRatio;

/// <summary>Subjects in a variant that has no weight were not assigned at random: no command counts them, whenever the weights were declared, and all say how many there are.</summary>
public sealed class NoWeightTests : IDisposable
{
    private static readonly DateTimeOffset End = SampleStream.All[^1].Timestamp.AddMinutes(1);

    private readonly ToolFixture _tool = new() { Width = 200 };

    public void Dispose() => _tool.Dispose();

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task They_are_left_out_and_shown(bool isNamed, bool isDeclaredFirst)
    {
        var answer = JsonNode.Parse((await RunAsync("srm", isNamed, isDeclaredFirst, "--json", "--segment", "country")).Output)!["experiments"]!.AsArray().Single()!;

        Assert.Equal(13, (int)answer["excluded"]!["no-weight"]!);
        Assert.Equal(4_000 - 13, (int)answer["subjects"]!);
        Assert.Equal(["b", "control"], answer["versions"]!.AsArray().Single()!["variants"]!.AsArray().Select(variant => (string)variant!["key"]!).Order(StringComparer.Ordinal));
        Assert.Equal(4_000 - 13, answer["segments"]!.AsArray().Where(segment => ((string)segment!["name"]!).StartsWith("country=", StringComparison.Ordinal)).Sum(segment => (int)segment!["subjects"]!));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Weights_of_the_command_line_leave_them_out_as_those_of_the_stream_do(bool isNamed)
    {
        var run = await RunAsync("srm", isNamed: false, isDeclaredFirst: true, "--json", "--weights", isNamed ? "checkout:control=50,b=50,c=0" : "checkout:control=50,b=50");

        Assert.Equal(13, (int)JsonNode.Parse(run.Output)!["experiments"]![0]!["excluded"]!["no-weight"]!);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task All_commands_agree_about_the_split(bool isDeclaredFirst)
    {
        var split = await RunAsync("srm", true, isDeclaredFirst);
        var readOut = await RunAsync("readout", true, isDeclaredFirst, "-e", "checkout");
        var report = await RunAsync("report", true, isDeclaredFirst, "-o", _tool.Path("report.md"));

        Assert.Equal((0, 0, 0, "", "", ""), (split.Code, readOut.Code, report.Code, split.Error, readOut.Error, report.Error));
        Assert.Contains("Exposures that count no subject: 13 no-weight.", split.Output, StringComparison.Ordinal);
        Assert.Contains("split healthy", readOut.Output, StringComparison.Ordinal);
        Assert.Contains("no-weight", await File.ReadAllTextAsync(_tool.Path("report.md"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private async Task<ToolRun> RunAsync(string command, bool isNamed, bool isDeclaredFirst, params string[] options)
    {
        await File.WriteAllBytesAsync(_tool.Path("events.jsonl"), SampleStream.Lines(Events(isNamed, isDeclaredFirst)), TestContext.Current.CancellationToken);
        return await _tool.RunAsync([command, _tool.Path("events.jsonl"), .. options]);
    }

    private static IEnumerable<DataPlaneEnvelope> Events(bool isNamed, bool isDeclaredFirst) =>
        SampleStream.All.Where(envelope => envelope.Payload.ExperimentName == "checkout").Select((envelope, index) => envelope.Payload switch
        {
            AnalysisSignalEvent declaration => Declare(envelope, declaration, isNamed, isDeclaredFirst),
            ExposureEvent exposure when index % 400 == 1 => envelope with { Payload = exposure with { VariantKey = "c" } },
            _ => envelope,
        }).OrderBy(envelope => envelope.Timestamp);

    private static DataPlaneEnvelope Declare(DataPlaneEnvelope envelope, AnalysisSignalEvent declaration, bool isNamed, bool isFirst)
    {
        var time = isFirst ? envelope.Timestamp : End;
        var data = isNamed ? new Dictionary<string, object?>(declaration.Data!) { ["weight:c"] = 0L } : declaration.Data;
        return envelope with { Timestamp = time, Payload = declaration with { Timestamp = time, Data = data } };
    }
}
