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

        Assert.Contains("<caption>Exposures lost in delivery, by variant and reason</caption>", page, StringComparison.Ordinal);
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
            Assert.Contains("<strong>Destination Kafka: losing events; events wait in the outbox.</strong>", page, StringComparison.Ordinal);
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
        var hash = Plan(LookSchedule.GroupSequential(SpendingFunction.OBrienFleming, 0.5, 1)).Hash;
        process!.Looks = new LookHistory(1_234, [Look("bob", "unplanned-look", 0.07) with { PlanHash = hash }, Look("ada", null, 0.003) with { PlanHash = hash }, Look("eve", null, 0.001), Look("old", null, 0.002) with { PlanHash = hash, Run = 0 }], "Earlier looks cannot be read from the ledger: Line 3 is no look.");

        var page = await dashboard.GetAsync(Detail);

        Assert.Contains("1,234 looks were recorded; these are the latest 4.", page, StringComparison.Ordinal);
        Assert.Contains("Line 3 is no look.", page, StringComparison.Ordinal);
        using var looks = JsonDocument.Parse(await dashboard.GetAsync("/experiments/export?name=checkout-pricing&table=looks&format=json"));
        Assert.Equal(
            """{"time":"2026-03-01T12:00:00.0000000Z","by":"bob","shown":"page of results","metric":"all","run":1,"subjects":150,"sampleShare":""",
            looks.RootElement[0].GetRawText()[..looks.RootElement[0].GetRawText().IndexOf(":0.", StringComparison.Ordinal)] + ":");
        Assert.Equal(("not planned", 0.07), (looks.RootElement[0].GetProperty("plan").GetString(), looks.RootElement[0].GetProperty("alphaSpent").GetDouble()));
        Assert.Equal(("allowed", 0.003), (looks.RootElement[1].GetProperty("plan").GetString(), looks.RootElement[1].GetProperty("alphaSpent").GetDouble()));

        // Of another plan or run, today's sample is not the one that it had.
        Assert.Equal(("allowed, under another plan", JsonValueKind.Null), (looks.RootElement[2].GetProperty("plan").GetString(), looks.RootElement[2].GetProperty("sampleShare").ValueKind));
        Assert.Equal(JsonValueKind.Null, looks.RootElement[3].GetProperty("sampleShare").ValueKind);
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

        Assert.Contains("Whatever their number, the error rate is at most 5%.", await dashboard.GetAsync(Detail), StringComparison.Ordinal);
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

    [Fact]
    public async Task A_complete_sample_says_before_which_time_the_plan_has_no_look()
    {
        await using var dashboard = await Dashboard.StartAsync(plans: [Plan(LookSchedule.FixedHorizon) with { MinimumEffect = 5, MinimumRunTime = TimeSpan.FromDays(14) }]);
        dashboard.Declare();
        dashboard.ExposeMany(1_000);
        for (var subject = 0; subject < 1_000; subject += 3)
        {
            dashboard.Observe(new MetricEvent { ExperimentName = "*", Timestamp = dashboard.Time.GetUtcNow(), MetricName = "purchase", Value = 1, SubjectId = "s" + subject });
        }

        Assert.Contains("to come, not before 2026-03-15 12:00:00 UTC", await ExportAsync(dashboard, "planned-looks"), StringComparison.Ordinal);

        dashboard.Time.Advance(TimeSpan.FromDays(14));
        dashboard.Monitor.Evaluate(dashboard.Time.GetUtcNow());
        Assert.Contains("reached", await ExportAsync(dashboard, "planned-looks"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Looks_of_others_that_are_not_shown_are_named()
    {
        ProcessModel? process = null;
        await using var dashboard = await Dashboard.StartAsync(model: model => process = new ProcessModel(model));
        dashboard.ExposeMany(10);
        process!.Looks = new LookHistory(1, [Look("bob", null, 0.07)], null) { OthersReadAt = Dashboard.Start };

        Assert.Contains("Looks that other processes have recorded since 2026-03-01 12:00:00 UTC are not shown.", await dashboard.GetAsync(Detail), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rare_conversions_have_the_interval_of_their_lift_on_the_page_and_in_exports()
    {
        await using var dashboard = await Dashboard.StartAsync(plans: [Plan(LookSchedule.AlwaysValid) with { PrimaryMetric = Plan(LookSchedule.AlwaysValid).PrimaryMetric with { Baseline = 0.05 } }]);
        dashboard.Declare();
        dashboard.ExposeMany(4_000);
        foreach (var subject in Enumerable.Range(0, 4_000).Where(static subject => subject % 16 == 1 || subject % 40 == 0))
        {
            dashboard.Observe(new MetricEvent { ExperimentName = "*", Timestamp = dashboard.Time.GetUtcNow(), MetricName = "purchase", Value = 1, SubjectId = "s" + subject });
        }

        dashboard.Time.Advance(TimeSpan.FromMinutes(5));
        dashboard.Monitor.Evaluate(dashboard.Time.GetUtcNow());

        using var readOuts = JsonDocument.Parse(await dashboard.GetAsync("/experiments/export?name=checkout-pricing&table=readouts&format=json"));
        var b = readOuts.RootElement[1];
        Assert.Equal(("b", JsonValueKind.Null), (b.GetProperty("variant").GetString(), b.GetProperty("differenceLow").ValueKind));
        Assert.InRange(b.GetProperty("lift").GetDouble(), b.GetProperty("liftLow").GetDouble(), b.GetProperty("liftHigh").GetDouble());
        Assert.Equal(Math.Log(b.GetProperty("pValue").GetDouble()), b.GetProperty("lnP").GetDouble(), 1e-9);
        Assert.Contains("<th scope=\"col\" class=\"number\">Lift, at least</th>", await dashboard.GetAsync(Detail), StringComparison.Ordinal);
    }

    [Fact]
    public void A_p_value_that_is_too_small_for_a_number_is_written_as_a_power_and_never_as_0()
    {
        var table = new Table("t", "T", [new TableColumn("p", "p", "G2")], [[SummaryTable.PValue(-800)]]);

        Assert.Contains(">e^-800<", TableHtml.Write(table, null).ToString(), StringComparison.Ordinal);
        Assert.Equal("p\r\ne^-800\r\n", System.Text.Encoding.UTF8.GetString(TableExport.Csv(table)));
        Assert.Equal("""[{"p":null}]""", System.Text.Encoding.UTF8.GetString(TableExport.Json(table)));
    }

    [Theory]
    [InlineData(1_234_567.0, "1,234,567")]
    [InlineData(0.0123456789, "0.0123457")]
    [InlineData(-49.9, "-49.9")]
    [InlineData(0.0, "0")]
    [InlineData(1.5e-9, "1.5E-09")]
    public void Means_are_written_without_an_exponent_unless_they_are_tiny(double mean, string text) =>
        Assert.Equal(text, TableText.Value(TableColumn.Significant("mean", "Mean", 6), mean));

    [Fact]
    public async Task Rates_builds_and_variants_beyond_those_distinguished_and_what_metrics_leave_out_are_on_the_page()
    {
        await using var dashboard = await Dashboard.StartAsync(plans: [Plan(LookSchedule.AlwaysValid)]);
        dashboard.Declare(variants: [.. Enumerable.Range(0, 20).Select(static variant => "v" + variant), "control"]);
        for (var exposure = 0; exposure < 300; exposure++)
        {
            dashboard.Expose("s" + exposure, "v" + (exposure % 20), change: event_ => event_ with { SamplingRate = 1.0 / (exposure + 1), VariantBuild = new Guid(exposure + 1, 0, 0, new byte[8]) });
        }

        dashboard.Monitor.Evaluate(dashboard.Time.GetUtcNow());
        var page = await dashboard.GetAsync(Detail);

        Assert.Contains("44 exposures were of other builds.", page, StringComparison.Ordinal);
        Assert.Contains("5 further variants are only in the tables", page, StringComparison.Ordinal);
        Assert.Contains("<caption>Data left out of the metrics</caption>", page, StringComparison.Ordinal);
        Assert.Contains("\r\nother,268,0.8933", await ExportAsync(dashboard, "sampling"), StringComparison.Ordinal);
        Assert.Contains("Ignored outcomes of members beyond the first eight", await ExportAsync(dashboard, "quality"), StringComparison.Ordinal);
        Assert.Contains("300 so far in the current minute", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fault_of_the_monitor_is_said_on_both_pages_and_so_are_verdicts_that_are_old()
    {
        var (hasFailed, age) = (true, TimeSpan.Zero);
        await using var dashboard = await Dashboard.StartAsync(model: model => new ChangedModel(
            model,
            overview => overview with
            {
                Source = overview.Source with { Kind = ReadModelSourceKind.Process }, EvaluatedAt = overview.Time - age, FailedEvents = 3, DroppedSignals = 2, Experiments = [.. overview.Experiments.Select(each => each with { HasFailed = hasFailed })],
            },
            detail => detail with { Source = detail.Source with { Kind = ReadModelSourceKind.Process }, EvaluatedAt = detail.Time - age, HasFailed = hasFailed }));
        dashboard.Declare();
        dashboard.ExposeMany(1_000);

        var (list, page) = (await dashboard.GetAsync("/experiments"), await dashboard.GetAsync(Detail));
        Assert.Contains("1 could not be monitored completely.", list, StringComparison.Ordinal);
        Assert.Contains("</span> Monitoring failed</span>", list, StringComparison.Ordinal);
        Assert.Contains("3 events could not be counted because of an internal fault of the monitor.", list, StringComparison.Ordinal);
        Assert.Contains("2 signals could not be published in time and are missing from the event stream.", list, StringComparison.Ordinal);
        Assert.Contains("<strong>Incomplete: monitoring of this experiment failed, so its counts and verdicts are incomplete.", page, StringComparison.Ordinal);

        (hasFailed, age) = (false, TimeSpan.FromSeconds(11));
        (list, page) = (await dashboard.GetAsync("/experiments"), await dashboard.GetAsync(Detail));
        Assert.Contains("The verdicts are as of 2026-03-01 11:59:49 UTC", list, StringComparison.Ordinal);
        Assert.Contains("the verdicts are as of 2026-03-01 11:59:49 UTC", page, StringComparison.Ordinal);

        age = TimeSpan.FromSeconds(10);
        (list, page) = (await dashboard.GetAsync("/experiments"), await dashboard.GetAsync(Detail));
        Assert.DoesNotContain("erdicts are as of", list + page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_alarm_stands_although_the_evidence_has_fallen()
    {
        await using var dashboard = await Dashboard.StartAsync();
        dashboard.Declare();
        dashboard.ExposeMany(3_000, loseEveryOfB: 3);
        for (var subject = 0; subject < 500; subject++)
        {
            dashboard.Expose("more" + subject, "b");
        }

        dashboard.Monitor.Evaluate(dashboard.Time.GetUtcNow());

        Assert.Contains("The alarm remains until the experiment is reset.", await dashboard.GetAsync(Detail), StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_its_end_an_experiment_says_whether_it_had_enough_subjects()
    {
        await using var dashboard = await Dashboard.StartAsync(plans: [Plan(LookSchedule.AlwaysValid) with { EndsAt = Dashboard.Start.AddHours(1) }]);
        dashboard.Declare();
        dashboard.Expose("s", "b");
        dashboard.Time.Advance(TimeSpan.FromHours(2));

        Assert.Contains("Ended, too few subjects", await dashboard.GetAsync(Detail), StringComparison.Ordinal);

        dashboard.ExposeMany(1_000);
        Assert.Contains("Ended, healthy", await dashboard.GetAsync(Detail), StringComparison.Ordinal);
        Assert.Contains("Ended, healthy", await dashboard.GetAsync("/experiments?state=ended"), StringComparison.Ordinal);
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

    /// <summary>A read model that says something else.</summary>
    private sealed class ChangedModel(IExperimentReadModel inner, Func<ExperimentOverview, ExperimentOverview> overview, Func<ExperimentDetail, ExperimentDetail> detail) : IExperimentReadModel
    {
        public ReadModelSource Source => inner.Source;

        public async ValueTask<ExperimentOverview> GetExperimentsAsync(CancellationToken cancellationToken = default) => overview(await inner.GetExperimentsAsync(cancellationToken));

        public async ValueTask<ExperimentDetail?> GetExperimentAsync(string experimentName, CancellationToken cancellationToken = default) =>
            await inner.GetExperimentAsync(experimentName, cancellationToken) is { } found ? detail(found) : null;
    }
}
