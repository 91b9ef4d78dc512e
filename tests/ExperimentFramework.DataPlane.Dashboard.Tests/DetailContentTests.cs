using System.Text.Json;
using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Dashboard.Tests;

/// <summary>What the page of an experiment says of its data, its delivery and its looks, each as a table that can be exported.</summary>
public sealed class DetailContentTests
{
    private const string Detail = "/experiments/detail?name=checkout-pricing";

    [Fact]
    public async Task Losses_are_by_variant_and_reason_and_calls_say_what_was_not_recorded()
    {
        await using var dashboard = await Dashboard.StartAsync();
        dashboard.Declare();
        dashboard.ExposeMany(100);
        dashboard.Expose("sampled", "b", change: static exposure => exposure with { SamplingRate = 0.25 });
        dashboard.Observe(Account());

        var page = await dashboard.GetAsync(Detail);

        Assert.Contains("<caption>Exposures lost on the way here, by variant and reason</caption>", page, StringComparison.Ordinal);
        Assert.Equal("variant,reason,exposures,share\r\nb,queue_full,17,0.25\r\n", await ExportAsync(dashboard, "lost"));
        Assert.Equal("variant,calls,recorded,repeats,sampledOut,noSubject\r\nb,1000,68,700,200,32\r\n", await ExportAsync(dashboard, "calls"));
        Assert.StartsWith("rate,exposures,share\r\n1,100,", await ExportAsync(dashboard, "sampling"), StringComparison.Ordinal);
        Assert.Contains("\r\n0.25,1,", await ExportAsync(dashboard, "sampling"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Destinations_their_outage_and_what_they_lost_are_on_both_pages_and_in_updates()
    {
        ProcessModel? process = null;
        await using var dashboard = await Dashboard.StartAsync(model: model => process = new ProcessModel(model));
        dashboard.Declare();
        dashboard.ExposeMany(10);
        process!.Destinations = [ProcessModel.Destination("Files"), ProcessModel.Destination("Kafka", DestinationState.LosingEvents)];
        process.Drops = [new("Kafka", "b", "Exposure", "outbox_full", 60), new("pipeline", "", "Error", "queue_full", 1)];

        foreach (var path in new[] { "/experiments", Detail })
        {
            var page = await dashboard.GetAsync(path);
            Assert.Contains("<caption>Destinations of this process</caption>", page, StringComparison.Ordinal);
            Assert.Contains("<strong>Destination Kafka: losing events, 1,200 events wait in the outbox, 70 were lost.</strong>", page, StringComparison.Ordinal);
            Assert.DoesNotContain("Destination Files:", page, StringComparison.Ordinal);
        }

        Assert.Equal("destination,variant,event,reason,events\r\nKafka,b,Exposure,outbox_full,60\r\nall of them,,Error,queue_full,1\r\n", await ExportAsync(dashboard, "drops"));
        Assert.Equal(await ExportAsync(dashboard, "destinations"), await dashboard.GetAsync("/experiments/export?table=destinations&format=csv"));

        process.Destinations = [ProcessModel.Destination("Files"), ProcessModel.Destination("Kafka", DestinationState.CatchingUp)];
        var recovered = await dashboard.GetAsync("/experiments");
        Assert.Contains("catching up from the outbox", recovered, StringComparison.Ordinal);
        Assert.Contains("2026-03-01 11:58:00 UTC", recovered, StringComparison.Ordinal);
        Assert.DoesNotContain("Destination Kafka:", recovered, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_destinations_there_is_no_section_of_delivery()
    {
        await using var dashboard = await Dashboard.StartAsync();
        dashboard.ExposeMany(10);

        Assert.DoesNotContain("Destinations of this process", await dashboard.GetAsync(Detail) + await dashboard.GetAsync("/experiments"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Looks_say_who_looked_when_at_what_and_what_it_cost()
    {
        ProcessModel? process = null;
        await using var dashboard = await Dashboard.StartAsync(
            model: model => process = new ProcessModel(model),
            plans: [Plan(LookSchedule.GroupSequential(SpendingFunction.OBrienFleming, 0.5, 1))]);
        dashboard.Declare();
        dashboard.ExposeMany(200);
        process!.Looks = new LookHistory(1_234, [Look("bob", "unplanned-look", 0.07), Look("ada", null, 0.003)], "Earlier looks cannot be read from the ledger: Line 3 is no look.");

        var page = await dashboard.GetAsync(Detail);

        Assert.Contains("1,234 looks were recorded; these are the latest 2.", page, StringComparison.Ordinal);
        Assert.Contains("Line 3 is no look.", page, StringComparison.Ordinal);
        using var looks = JsonDocument.Parse(await dashboard.GetAsync("/experiments/export?name=checkout-pricing&table=looks&format=json"));
        Assert.Equal(
            """{"time":"2026-03-01T12:00:00.0000000Z","by":"bob","shown":"page of results","metric":"all","run":1,"subjects":150,"sampleShare":""",
            looks.RootElement[0].GetRawText()[..looks.RootElement[0].GetRawText().IndexOf(":0.", StringComparison.Ordinal)] + ":");
        Assert.Equal(("not planned", 0.07), (looks.RootElement[0].GetProperty("plan").GetString(), looks.RootElement[0].GetProperty("alphaSpent").GetDouble()));
        Assert.Equal(("allowed", 0.003), (looks.RootElement[1].GetProperty("plan").GetString(), looks.RootElement[1].GetProperty("alphaSpent").GetDouble()));
        using var planned = JsonDocument.Parse(await dashboard.GetAsync("/experiments/export?name=checkout-pricing&table=planned-looks&format=json"));
        Assert.Equal([0.5, 1], planned.RootElement.EnumerateArray().Select(static look => look.GetProperty("informationTime").GetDouble()));
        Assert.Equal(0.05, planned.RootElement[1].GetProperty("alphaSpent").GetDouble(), 1e-9);
        Assert.Equal("to come", planned.RootElement[0].GetProperty("state").GetString());
    }

    [Fact]
    public async Task A_plan_that_allows_any_look_says_that_looks_cost_nothing()
    {
        await using var dashboard = await Dashboard.StartAsync(plans: [Plan(LookSchedule.AlwaysValid)]);
        dashboard.Declare();
        dashboard.ExposeMany(10);

        Assert.Contains("however many there are, the error rate stays at 5% at most", await dashboard.GetAsync(Detail), StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_the_split_is_broken_neither_means_nor_differences_are_shown_or_exported()
    {
        await using var dashboard = await Dashboard.StartAsync(plans: [Plan(LookSchedule.AlwaysValid)]);
        dashboard.Declare();
        dashboard.ExposeMany(6_000, loseEveryOfB: 3);
        for (var subject = 0; subject < 1_000; subject++)
        {
            dashboard.Observe(new MetricEvent { ExperimentName = "*", Timestamp = dashboard.Time.GetUtcNow(), MetricName = "purchase", Value = 1, SubjectId = "s" + subject });
        }

        dashboard.Time.Advance(TimeSpan.FromMinutes(5));
        dashboard.Monitor.Evaluate(dashboard.Time.GetUtcNow());

        using var readOuts = JsonDocument.Parse(await dashboard.GetAsync("/experiments/export?name=checkout-pricing&table=readouts&format=json"));

        Assert.Equal(2, readOuts.RootElement.GetArrayLength());
        foreach (var row in readOuts.RootElement.EnumerateArray())
        {
            Assert.True(row.GetProperty("subjects").GetInt64() > 0);
            Assert.Equal("untrustworthy", row.GetProperty("state").GetString());
            foreach (var field in new[] { "conversions", "mean", "difference", "differenceLow", "differenceHigh", "lift", "pValue" })
            {
                Assert.Equal(JsonValueKind.Null, row.GetProperty(field).ValueKind);
            }
        }
    }

    private static Task<string> ExportAsync(Dashboard dashboard, string table) => dashboard.GetAsync($"/experiments/export?name=checkout-pricing&table={table}&format=csv");

    private static AnalysisLook Look(string by, string? reason, double spent) => new()
    {
        Timestamp = Dashboard.Start, By = by, ExperimentName = Dashboard.Experiment, Run = 1, Subjects = 150, Shown = "page of results", PlanHash = "h", Reason = reason, AlphaSpent = spent,
    };

    private static AnalysisPlan Plan(LookSchedule looks) => new()
    {
        ExperimentName = Dashboard.Experiment,
        Control = "control",
        Looks = looks,
        MinimumEffect = 0.1,
        PrimaryMetric = new PlannedMetric { Name = "purchase", Baseline = 0.1, Definition = new MetricDefinition(TimeSpan.FromMinutes(1), MetricAggregation.Any) },
    };

    private static AccountingEvent Account() => new()
    {
        ExperimentName = "*",
        Timestamp = Dashboard.Start,
        ProducerId = "0a1b2c3d4e5",
        Destination = "ExperimentMonitorBackplane",
        SequenceNumber = 1,
        IntervalStart = Dashboard.Start,
        IntervalEnd = Dashboard.Start,
        IsLast = false,
        Calls = [new AccountedCalls { ExperimentName = Dashboard.Experiment, VariantKey = "b", ExposingCalls = 1_000, RepeatsNotRecorded = 700, SampledOut = 200, NoSubject = 32 }],
        Published = [new AccountedEvents { ExperimentName = Dashboard.Experiment, VariantKey = "b", EventType = "Exposure", Count = 68 }],
        Drops = [new AccountedDrops { ExperimentName = Dashboard.Experiment, VariantKey = "b", EventType = "Exposure", Reason = "queue_full", Count = 17 }],
    };
}
