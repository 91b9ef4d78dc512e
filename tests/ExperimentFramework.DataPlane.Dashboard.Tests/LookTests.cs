using ExperimentFramework.DataPlane.Science;
using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Dashboard.Tests;

/// <summary>Whoever sees a comparison of variants has looked at results.</summary>
public sealed class LookTests
{
    private readonly InMemoryAnalysisLedger _ledger = new();

    [Fact]
    public async Task Results_of_a_plan_with_its_own_looks_are_behind_a_link_that_records_the_look()
    {
        await using var dashboard = await StartAsync(LookSchedule.FixedHorizon);

        var page = await dashboard.GetAsync("/experiments/detail?name=checkout-pricing");
        Assert.Contains("Show the results", page, StringComparison.Ordinal);
        Assert.Contains("not shown", page, StringComparison.Ordinal);
        Assert.Empty(await LooksAsync());

        var results = await dashboard.GetAsync("/experiments/results?name=checkout-pricing");
        Assert.Contains("The plan has no look now.", results, StringComparison.Ordinal);
        await dashboard.GetAsync("/experiments/export?name=checkout-pricing&table=readouts&format=csv");
        await dashboard.GetAsync("/experiments/api/experiment?name=checkout-pricing");
        Assert.Equal(["page of results", "export of results", "JSON of the experiment"], (await LooksAsync()).Select(static look => look.Shown));
    }

    [Fact]
    public async Task Results_of_a_plan_that_allows_any_look_are_on_the_page_and_each_loading_is_recorded()
    {
        await using var dashboard = await StartAsync(LookSchedule.AlwaysValid);

        var page = await dashboard.GetAsync("/experiments/detail?name=checkout-pricing");

        Assert.DoesNotContain("Show the results", page, StringComparison.Ordinal);
        await dashboard.GetAsync("/experiments/detail?name=checkout-pricing");
        Assert.Equal([("dashboard", "page of the experiment"), ("dashboard", "page of the experiment")], (await LooksAsync()).Select(static look => (look.By, look.Shown)));
    }

    [Fact]
    public async Task An_export_that_is_refused_is_no_look()
    {
        await using var dashboard = await StartAsync(LookSchedule.FixedHorizon);

        foreach (var format in new[] { "", "&format=xlsx" })
        {
            using var response = await dashboard.Client.GetAsync("/experiments/export?name=checkout-pricing&table=readouts" + format, TestContext.Current.CancellationToken);
            Assert.Equal(System.Net.HttpStatusCode.NotFound, response.StatusCode);
        }

        Assert.Empty(await LooksAsync());
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

    private async Task<Dashboard> StartAsync(LookSchedule looks)
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
        dashboard.ExposeMany(2_000);
        dashboard.Time.Advance(TimeSpan.FromMinutes(5));
        dashboard.Monitor.Evaluate(dashboard.Time.GetUtcNow());
        return dashboard;
    }
}
