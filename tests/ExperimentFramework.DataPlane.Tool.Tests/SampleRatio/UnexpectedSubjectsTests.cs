using ExperimentFramework.DataPlane.Tool.Tests.Streams;

namespace ExperimentFramework.DataPlane.Tool.Tests.SampleRatio;

/// <summary>Subjects in a variant whose weight is 0: no chance explains them, however few there are.</summary>
public sealed class UnexpectedSubjectsTests
{
    /// <summary>The weights are declared after the exposures: before, nothing is known to be wrong with any.</summary>
    private static readonly IReadOnlyList<DataPlaneEnvelope> Events =
    [
        .. SampleStream.All.Where(envelope => envelope.Payload.ExperimentName == "checkout").Select((envelope, index) => envelope.Payload switch
        {
            AnalysisSignalEvent declaration => envelope with
            {
                Timestamp = SampleStream.All[^1].Timestamp,
                Payload = declaration with { Timestamp = SampleStream.All[^1].Timestamp, Data = new Dictionary<string, object?>(declaration.Data!) { ["weight:c"] = 0L } },
            },
            ExposureEvent exposure when index % 400 == 1 => envelope with { Payload = exposure with { VariantKey = "c" } },
            _ => envelope,
        }).OrderBy(envelope => envelope.Timestamp),
    ];

    [Fact]
    public async Task They_break_the_split_in_words_as_in_the_exit_code()
    {
        var run = await RunAsync("srm");

        Assert.Equal((1, ""), (run.Code, run.Error));
        Assert.Contains("The split is broken: 13 subjects are in c, whose weight is 0", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("as planned", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task They_break_what_is_compared()
    {
        var run = await RunAsync("readout", "-e", "checkout");
        var json = await RunAsync("readout", "-e", "checkout", "--json");

        Assert.Equal((1, 1, ""), (run.Code, json.Code, run.Error));
        Assert.Contains("split broken (13 subjects are in c, whose weight is 0)", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("\"estimate\"", json.Output, StringComparison.Ordinal);
        Assert.Contains("\"isBroken\": true", json.Output, StringComparison.Ordinal);
    }

    private static async Task<ToolRun> RunAsync(string command, params string[] options)
    {
        using var tool = new ToolFixture { Width = 200 };
        await File.WriteAllBytesAsync(tool.Path("events.jsonl"), SampleStream.Lines(Events), TestContext.Current.CancellationToken);
        return await tool.RunAsync([command, tool.Path("events.jsonl"), .. options]);
    }
}
