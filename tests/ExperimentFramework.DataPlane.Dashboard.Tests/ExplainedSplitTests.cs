using System.Net;
using System.Text.Json;
using ExperimentFramework.DataPlane.Science;
using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Dashboard.Tests;

/// <summary>A split that differs from its plan, which lost exposures explain.</summary>
public sealed class ExplainedSplitTests
{
    private const string Reason = "because exposures were lost, so every comparison is biased unless they were lost at random. Find out where they are lost";

    private readonly InMemoryAnalysisLedger _ledger = new();

    [Fact]
    public async Task If_the_deviation_is_alarming_pages_and_reports_show_the_reason_and_neither_means_nor_comparisons()
    {
        await using var dashboard = await StartAsync(LookSchedule.AlwaysValid, loseEveryOfB: 3);
        var report = new StringWriter();
        await new ExperimentReport(new MonitorReadModel(dashboard.Monitor, ReadModelSource.OfFiles("events"), dashboard.Time)).WriteAsync(report, ExperimentReportFormat.Markdown, TestContext.Current.CancellationToken);

        foreach (var shown in new[] { await dashboard.GetAsync("/experiments/detail?name=checkout-pricing"), await AskAsync(dashboard), WebUtility.HtmlDecode(report.ToString()) })
        {
            Assert.Contains("Untrustworthy:", shown, StringComparison.Ordinal);
            Assert.Contains(Reason, shown, StringComparison.Ordinal);
            Assert.DoesNotContain("higher than control", shown, StringComparison.Ordinal);
            Assert.DoesNotContain("may still be biased", shown, StringComparison.Ordinal);
        }

        Assert.Equal([(null, "untrustworthy"), (null, "untrustworthy")], await ResultsAsync(dashboard));
        Assert.Empty(await LooksAsync());
    }

    [Fact]
    public async Task If_the_deviation_is_alarming_the_list_and_the_head_of_the_report_say_that_the_experiment_cannot_be_trusted()
    {
        await using var dashboard = await StartAsync(LookSchedule.AlwaysValid, loseEveryOfB: 3);
        var report = new StringWriter();
        await new ExperimentReport(new MonitorReadModel(dashboard.Monitor, ReadModelSource.OfFiles("events"), dashboard.Time)).WriteAsync(report, ExperimentReportFormat.Markdown, TestContext.Current.CancellationToken);
        var list = await dashboard.GetAsync("/experiments");
        var overview = JsonElement.Parse(await dashboard.GetAsync("/experiments/api/experiments"));

        const string Finding = "1 of 1 experiments cannot be trusted because lost exposures explain an alarming deviation of the split: checkout-pricing.";
        Assert.Contains("<strong>No experiment has a sample ratio mismatch. " + Finding, list, StringComparison.Ordinal);
        Assert.Contains("</span> Untrustworthy</span>", list, StringComparison.Ordinal);
        Assert.Contains(Finding, WebUtility.HtmlDecode(report.ToString()), StringComparison.Ordinal);
        Assert.DoesNotContain("is inconclusive", report.ToString(), StringComparison.Ordinal);
        Assert.Contains(Reason, overview.GetProperty("experiments")[0].GetProperty("doubt").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task If_the_deviation_is_alarming_a_planned_look_shows_the_reason_and_is_not_counted_unless_it_is_at_the_JSON_with_the_means()
    {
        await using var dashboard = await StartAsync(LookSchedule.FixedHorizon, loseEveryOfB: 3);

        var results = await AskAsync(dashboard);

        Assert.Contains(Reason, results, StringComparison.Ordinal);
        Assert.Contains("This look was not recorded: comparisons cannot be trusted, so they are left out.", results, StringComparison.Ordinal);
        Assert.Equal([(null, "untrustworthy"), (null, "untrustworthy")], await ResultsAsync(dashboard, "&results=true"));
        Assert.Empty(await LooksAsync());
        var json = JsonElement.Parse(await dashboard.GetAsync("/experiments/api/experiment?name=checkout-pricing&results=true")).GetProperty("status");
        Assert.Contains(Reason, json.GetProperty("doubt").GetString(), StringComparison.Ordinal);
        Assert.Single(await LooksAsync());
    }

    [Fact]
    public async Task If_the_deviation_is_not_alarming_means_and_comparisons_are_shown_with_a_caution()
    {
        await using var dashboard = await StartAsync(LookSchedule.AlwaysValid, loseEveryOfB: 10);

        var page = await dashboard.GetAsync("/experiments/detail?name=checkout-pricing");
        var list = await dashboard.GetAsync("/experiments");

        Assert.Contains("No experiment has a sample ratio mismatch. 1 is inconclusive.", list, StringComparison.Ordinal);
        Assert.DoesNotContain("Untrustworthy", list, StringComparison.Ordinal);
        Assert.Contains("<strong>Caution:</strong> the split differs from its plan. Lost exposures could explain that, but the comparison may still be biased", page, StringComparison.Ordinal);
        Assert.Contains("with caution: split inconclusive", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Untrustworthy:", page, StringComparison.Ordinal);
        Assert.All(await ResultsAsync(dashboard), static result => Assert.NotNull(result.Mean));
    }

    private static async Task<string> AskAsync(Dashboard dashboard)
    {
        using var response = await dashboard.Client.PostAsync("/experiments/results?name=checkout-pricing", content: null, TestContext.Current.CancellationToken);
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<(double? Mean, string? State)[]> ResultsAsync(Dashboard dashboard, string query = "")
    {
        using var rows = JsonDocument.Parse(await dashboard.GetAsync("/experiments/export?name=checkout-pricing&table=readouts&format=json" + query));
        return [.. rows.RootElement.EnumerateArray().Select(static row => (row.GetProperty("mean").Deserialize<double?>(), row.GetProperty("state").GetString()))];
    }

    private async Task<List<AnalysisLook>> LooksAsync()
    {
        List<AnalysisLook> looks = [];
        await foreach (var look in _ledger.ReadAsync(TestContext.Current.CancellationToken))
        {
            looks.Add(look);
        }

        return looks;
    }

    private async Task<Dashboard> StartAsync(LookSchedule looks, int loseEveryOfB)
    {
        var dashboard = await Dashboard.StartAsync(
            services: services => services.AddSingleton(provider => new AnalysisLooks(provider.GetRequiredService<ExperimentMonitor>(), _ledger, provider.GetRequiredService<TimeProvider>())),
            plans:
            [
                new AnalysisPlan
                {
                    ExperimentName = Dashboard.Experiment,
                    Control = "control",
                    Looks = looks,
                    MinimumEffect = 0.1,
                    PrimaryMetric = new PlannedMetric { Name = "purchase", Baseline = 0.1, Definition = new MetricDefinition(TimeSpan.FromMinutes(1), MetricAggregation.Any) },
                },
            ]);
        dashboard.Declare();
        dashboard.Observe(Account(lostOfB: 3_000 / loseEveryOfB));
        dashboard.ExposeMany(6_000, loseEveryOfB);
        for (var subject = 0; subject < 6_000; subject += 3)
        {
            dashboard.Observe(new MetricEvent { ExperimentName = "*", Timestamp = dashboard.Time.GetUtcNow(), MetricName = "purchase", Value = 1, SubjectId = "s" + subject });
        }

        dashboard.Time.Advance(TimeSpan.FromMinutes(5));
        dashboard.Monitor.Evaluate(dashboard.Time.GetUtcNow());
        Assert.Equal(ExperimentState.Inconclusive, dashboard.Monitor.GetExperiments().Single().State);
        return dashboard;
    }

    private static AccountingEvent Account(long lostOfB) => new()
    {
        ExperimentName = "*",
        Timestamp = Dashboard.Start,
        ProducerId = "0a1b2c3d4e5",
        Destination = "ExperimentMonitorBackplane",
        SequenceNumber = 1,
        IntervalStart = Dashboard.Start,
        IntervalEnd = Dashboard.Start,
        IsLast = false,
        Calls = [],
        Published = [],
        Drops = [new AccountedDrops { ExperimentName = Dashboard.Experiment, VariantKey = "b", EventType = "Exposure", Reason = "queue_full", Count = lostOfB }],
    };
}
