using System.Text.Json;
using ExperimentFramework.DataPlane.Parquet;
using ExperimentFramework.DataPlane.Tool.Tests.Schemas;
using ExperimentFramework.DataPlane.Tool.Tests.Streams;

namespace ExperimentFramework.DataPlane.Tool.Tests.ReadOuts;

public sealed class ReadOutTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Metrics_of_a_plan_are_read_out_by_variant_from_files_merged_by_time(bool isParquet)
    {
        using var tool = new ToolFixture();
        await File.WriteAllTextAsync(tool.Path("plan.json"), """{"experiment":"checkout","metric":"purchase","window":"00:01:00","baseline":0.1}""", TestContext.Current.CancellationToken);
        var exposures = SampleStream.All.Where(envelope => envelope.Payload.ExperimentName == "checkout");
        if (isParquet)
        {
            // Rows are sorted by experiment first: those of another one come before.
            var before = SampleStream.All.Where(envelope => envelope.Payload is ExposureEvent { ExperimentName: "search" })
                .Select(envelope => envelope with { Payload = (ExposureEvent)envelope.Payload with { ExperimentName = "basket" } });
            await ParquetEventFiles.WriteAsync(exposures.Concat(before).Concat(SampleStream.Purchases).ToAsyncEnumerable(), tool.Path("events"), cancellationToken: TestContext.Current.CancellationToken);
        }
        else
        {
            // Exposures in one file and purchases in another, as of two hosts.
            Directory.CreateDirectory(tool.Path("events"));
            await File.WriteAllBytesAsync(tool.Path("events/a.jsonl"), SampleStream.Lines(exposures));
            await File.WriteAllBytesAsync(tool.Path("events/b.jsonl"), SampleStream.Lines(SampleStream.Purchases));
        }

        var run = await tool.RunAsync("readout", tool.Path("events"), "-e", "checkout", "--plan", tool.Path("plan.json"), "--json");

        Assert.Equal((0, ""), (run.Code, run.Error));
        var metric = JsonDocument.Parse(run.Output).RootElement.GetProperty("metrics").EnumerateArray().Single(metric => metric.GetProperty("isPrimary").GetBoolean());
        var variants = metric.GetProperty("variants").EnumerateArray().ToDictionary(variant => variant.GetProperty("key").GetString()!, variant => variant);
        Assert.Equal("shown", metric.GetProperty("state").GetString());
        Assert.Equal("higher", variants["b"].GetProperty("comparison").GetProperty("verdict").GetString());
        Assert.Equal(0, metric.GetProperty("late").GetInt64());
        Assert.InRange(variants["control"].GetProperty("mean").GetDouble(), 0.16, 0.17);
        Assert.InRange(variants["b"].GetProperty("mean").GetDouble(), 0.33, 0.34);
        Assert.Contains("purchase (Metric, decides)", (await tool.RunAsync("readout", tool.Path("events"), "-e", "checkout", "--plan", tool.Path("plan.json"))).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("AlwaysValid", false)]
    [InlineData("FixedHorizon", true)]
    public async Task Looks_that_the_plan_schedules_are_said_not_to_be_judged(string looks, bool isSaid)
    {
        using var tool = new ToolFixture { Width = 200 };
        await File.WriteAllBytesAsync(tool.Path("events.jsonl"), SampleStream.Lines(SampleStream.All));
        await File.WriteAllTextAsync(
            tool.Path("plan.json"), $$"""{"experiment":"checkout","metric":"purchase","window":"00:01:00","baseline":0.15,"minimumEffect":0.25,"looks":"{{looks}}"}""", TestContext.Current.CancellationToken);

        var run = await tool.RunAsync("readout", tool.Path("events.jsonl"), "-e", "checkout", "--plan", tool.Path("plan.json"));

        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Equal(isSaid, run.Output.Contains($"whenever they are looked at. The looks of the plan, {looks}, are not judged here.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_broken_split_has_exit_code_1_and_no_comparison()
    {
        using var tool = new ToolFixture();
        await File.WriteAllBytesAsync(tool.Path("events.jsonl"), SampleStream.Lines(SampleStream.All));

        var run = await tool.RunAsync("readout", tool.Path("events.jsonl"), "-e", "search", "--json");

        Assert.Equal(1, run.Code);
        Assert.DoesNotContain("\"estimate\"", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_split_that_losses_explain_has_exit_code_1_the_reason_and_no_comparison_unless_it_is_asked_for()
    {
        using var tool = new ToolFixture { Width = 200 };
        await File.WriteAllBytesAsync(tool.Path("events.jsonl"), SampleStream.Lines(SampleStream.WithLossesOfSearch));

        var json = await tool.RunAsync("readout", tool.Path("events.jsonl"), "-e", "search", "--json");
        var text = await tool.RunAsync("readout", tool.Path("events.jsonl"), "-e", "search");
        var asked = await tool.RunAsync("readout", tool.Path("events.jsonl"), "-e", "search", "--even-if-broken");

        const string Reason = "because exposures were lost, so every comparison is biased unless they were lost at random.";
        Assert.Equal((1, 1, 1), (json.Code, text.Code, asked.Code));
        var answer = JsonDocument.Parse(json.Output).RootElement;
        Assert.Equal(("inconclusive", false), (answer.GetProperty("splitState").GetString(), answer.GetProperty("isBroken").GetBoolean()));
        Assert.Contains(Reason, answer.GetProperty("doubt").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("\"estimate\"", json.Output, StringComparison.Ordinal);
        Assert.Equal(2, text.Output.Split(Reason).Length);
        Assert.DoesNotContain("%]", text.Output, StringComparison.Ordinal);
        Assert.Equal(2, asked.Output.Split(Reason).Length);
        Assert.Contains("%]", asked.Output, StringComparison.Ordinal);
        await AnswerSchema.RequireAsync("readout", json);
    }

    [Fact]
    public async Task An_experiment_that_is_not_there_is_an_error_and_so_is_the_plan_of_another_one()
    {
        using var tool = new ToolFixture();
        await File.WriteAllBytesAsync(tool.Path("events.jsonl"), SampleStream.Lines(SampleStream.Few));
        await File.WriteAllTextAsync(tool.Path("plan.json"), """{"experiment":"checkout","metric":"purchase","window":"00:01:00"}""", TestContext.Current.CancellationToken);

        var missing = await tool.RunAsync("readout", tool.Path("events.jsonl"), "-e", "nonsense");
        var other = await tool.RunAsync("readout", tool.Path("events.jsonl"), "-e", "search", "--plan", tool.Path("plan.json"));

        Assert.Equal((2, 2), (missing.Code, other.Code));
        Assert.Contains("There is no experiment 'nonsense'", missing.Error, StringComparison.Ordinal);
        Assert.Contains("The plan is that of 'checkout', not of 'search'", other.Error, StringComparison.Ordinal);
    }
}
