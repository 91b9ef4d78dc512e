using System.Text.Json;
using ExperimentFramework.DataPlane.Tool.Tests.Streams;

namespace ExperimentFramework.DataPlane.Tool.Tests.ReadOuts;

public sealed class ReadOutTests
{
    [Fact]
    public async Task Metrics_of_a_plan_are_read_out_by_variant()
    {
        using var tool = new ToolFixture();
        await File.WriteAllBytesAsync(tool.Path("events.jsonl"), SampleStream.Lines(SampleStream.All.Where(envelope => envelope.Payload.ExperimentName == "checkout").Concat(Purchases()).OrderBy(envelope => envelope.Timestamp)));
        await File.WriteAllTextAsync(tool.Path("plan.json"), """{"experiment":"checkout","metric":"purchase","window":"00:01:00","baseline":0.1}""", TestContext.Current.CancellationToken);

        var run = await tool.RunAsync("readout", tool.Path("events.jsonl"), "-e", "checkout", "--plan", tool.Path("plan.json"), "--json");

        Assert.Equal((0, ""), (run.Code, run.Error));
        var metric = JsonDocument.Parse(run.Output).RootElement.GetProperty("metrics").EnumerateArray().Single(metric => metric.GetProperty("isPrimary").GetBoolean());
        var variants = metric.GetProperty("variants").EnumerateArray().ToDictionary(variant => variant.GetProperty("key").GetString()!, variant => variant);
        Assert.Equal("shown", metric.GetProperty("state").GetString());
        Assert.Equal("higher", variants["b"].GetProperty("comparison").GetProperty("verdict").GetString());
        Assert.Equal(0, variants["control"].GetProperty("conversions").GetInt64());
        Assert.True(variants["b"].GetProperty("conversions").GetInt64() > 400);
        Assert.Contains("purchase (Metric, decides)", (await tool.RunAsync("readout", tool.Path("events.jsonl"), "-e", "checkout", "--plan", tool.Path("plan.json"))).Output, StringComparison.Ordinal);
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

    /// <summary>A quarter of the variant's subjects and none of control's buy something, in the minute after their exposure.</summary>
    private static IEnumerable<DataPlaneEnvelope> Purchases()
    {
        var number = 0;
        foreach (var exposure in SampleStream.All.Select(envelope => envelope.Payload).OfType<ExposureEvent>().Where(exposure => exposure is { ExperimentName: "checkout", VariantKey: "b" }))
        {
            if (++number % 4 == 0)
            {
                var purchase = new MetricEvent
                {
                    ExperimentName = ExperimentNames.All,
                    Timestamp = exposure.Timestamp.AddSeconds(5),
                    MetricName = "purchase",
                    Value = 1,
                    SubjectId = exposure.SubjectId,
                    SubjectType = exposure.SubjectType,
                    TenantId = exposure.TenantId,
                };
                yield return SampleStream.Few[0] with { EventId = Guid.CreateVersion7(purchase.Timestamp), Timestamp = purchase.Timestamp, EventType = DataPlaneEventType.Metric, Payload = purchase };
            }
        }
    }
}
