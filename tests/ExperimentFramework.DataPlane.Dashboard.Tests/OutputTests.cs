using System.Text;
using System.Text.Json;
using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Dashboard.Tests;

/// <summary>What names, numbers and files look like to whoever reads them elsewhere.</summary>
public sealed class OutputTests
{
    [Fact]
    public async Task A_name_cannot_turn_round_the_text_that_follows_it()
    {
        const string Name = "a\u202Eb\u2066c";
        await using var dashboard = await Dashboard.StartAsync();
        dashboard.Expose("s", "b", Name);

        foreach (var page in new[] { await dashboard.GetAsync("/experiments"), await dashboard.GetAsync("/experiments/detail?name=" + Uri.EscapeDataString(Name)) })
        {
            Assert.Contains("a&#xFFFD;b&#xFFFD;c", page, StringComparison.Ordinal);
            Assert.DoesNotContain("&#x202E;", page, StringComparison.Ordinal);
            Assert.DoesNotContain("&#x2066;", page, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("checkout-pricing", "checkout-pricing-readouts-20260301T120000Z.csv")]
    [InlineData("\"a\"/ü", "a-readouts-20260301T120000Z.csv")]
    [InlineData("ü", "readouts-20260301T120000Z.csv")]
    public async Task A_file_is_named_after_its_experiment_its_table_and_its_time(string experiment, string file)
    {
        await using var dashboard = await Dashboard.StartAsync();
        dashboard.Expose("s", "b", experiment);

        using var response = await dashboard.Client.GetAsync($"/experiments/export?name={Uri.EscapeDataString(experiment)}&table=readouts&format=csv", TestContext.Current.CancellationToken);

        Assert.Equal(file, response.Content.Headers.ContentDisposition?.FileName?.Trim('"'));
    }

    [Theory]
    [InlineData(" =1+1", " '=1+1")]
    [InlineData("\u00A0@sum", "\u00A0'@sum")]
    [InlineData("  a=b", "  a=b")]
    public void A_formula_behind_spaces_is_text_too(string value, string field) =>
        Assert.Equal($"a\r\n{field}\r\n", Encoding.UTF8.GetString(TableExport.Csv(new Table("t", "T", [new TableColumn("a", "A")], [[value]]))));

    [Fact]
    public void A_problem_is_JSON_whatever_its_text()
    {
        const string Detail = "The plan \"é\" has a \\ and\na line.";

        var problem = JsonElement.Parse(ProblemJson.Of(403, "Not \"shown\"", Detail));

        Assert.Equal(("Not \"shown\"", 403, Detail), (problem.GetProperty("title").GetString(), problem.GetProperty("status").GetInt32(), problem.GetProperty("detail").GetString()));
    }

    [Fact]
    public void A_share_has_no_axis_above_100_percent()
    {
        Assert.Contains(">100.2%</text>", Write(null), StringComparison.Ordinal);
        Assert.DoesNotContain(">100.2%</text>", Write((0, 1)), StringComparison.Ordinal);
        Assert.Contains(">100%</text>", Write((0, 1)), StringComparison.Ordinal);

        static string Write((double, double)? bounds) => new LineChart
        {
            Id = "c", Title = "Share", Description = "Now 99.9%.", Times = (Dashboard.Start, Dashboard.Start), Values = [0.999], Label = static value => value.ToString("0.##%", System.Globalization.CultureInfo.InvariantCulture),
            SmallestRange = 0.01, Bounds = bounds,
        }.Write(string.Empty).ToString();
    }

    [Fact]
    public async Task Events_that_were_read_once_are_not_called_live()
    {
        await using var dashboard = await Dashboard.StartAsync(model: static inner => new ReadOnce(inner));
        dashboard.Expose("s", "control");

        foreach (var page in new[] { await dashboard.GetAsync("/experiments"), await dashboard.GetAsync("/experiments/detail?name=checkout-pricing") })
        {
            Assert.Contains("As read at <time datetime=\"2026-03-01T12:00:00.0000000Z\">2026-03-01 12:00:00 UTC</time>. Later events are not included.", page, StringComparison.Ordinal);
            Assert.DoesNotContain("data-updates", page, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_experiment_without_a_name_has_a_page_and_exports()
    {
        await using var dashboard = await Dashboard.StartAsync();
        dashboard.Expose("s", "b", string.Empty);

        Assert.Contains("Subjects by variant", await dashboard.GetAsync("/experiments/detail?name="), StringComparison.Ordinal);
        Assert.Contains("b,", await dashboard.GetAsync("/experiments/export?name=&table=variants&format=csv"), StringComparison.Ordinal);
        using var page = await OpenPage.OpenAsync(dashboard, "/experiments/updates?name=&range=minutes");
        Assert.Contains("summary-part", (await page.NextAsync(dashboard.Time)).Parts.Keys);
    }

    [Fact]
    public async Task The_first_line_of_the_list_claims_nothing_of_splits_that_were_not_tested()
    {
        await using var dashboard = await Dashboard.StartAsync();
        Assert.Contains(">There are no experiments yet.</p>", await dashboard.GetAsync("/experiments"), StringComparison.Ordinal);

        dashboard.Declare();
        dashboard.Expose("s", "b");
        Assert.Contains("No split could be tested yet.", await dashboard.GetAsync("/experiments"), StringComparison.Ordinal);
    }

    private sealed class ReadOnce(IExperimentReadModel inner) : IExperimentReadModel
    {
        public ReadModelSource Source => inner.Source with { ReadAt = Dashboard.Start };

        public async ValueTask<ExperimentOverview> GetExperimentsAsync(CancellationToken cancellationToken = default) => await inner.GetExperimentsAsync(cancellationToken) with { Source = Source };

        public async ValueTask<ExperimentDetail?> GetExperimentAsync(string experimentName, CancellationToken cancellationToken = default) =>
            await inner.GetExperimentAsync(experimentName, cancellationToken) is { } detail ? detail with { Source = Source } : null;
    }
}
