using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using ExperimentFramework.DataPlane.Science;
using Markdig;

namespace ExperimentFramework.DataPlane.Dashboard.Tests;

public sealed partial class ReportTests
{
    private static readonly MarkdownPipeline EveryExtension = new MarkdownPipelineBuilder().UseAdvancedExtensions().UseEmojiAndSmiley().UseYamlFrontMatter().Build();

    /// <summary>The elements that Markdown of a report is made of.</summary>
    private static readonly string[] OwnElements = ["h1", "h2", "h3", "p", "strong", "ul", "li", "table", "thead", "tbody", "tr", "th", "td", "pre", "code"];

    [Fact]
    public async Task A_page_has_the_list_and_each_experiment_with_charts_and_tables()
    {
        await using var dashboard = await TwoExperimentsAsync();

        var page = await WriteAsync(dashboard, ExperimentReportFormat.Html);

        Assert.Contains("1 of 2 experiments cannot be trusted because of a sample ratio mismatch: search-ranking.", page, StringComparison.Ordinal);
        Assert.Contains("<a href=\"#experiment-1\">search-ranking</a>", page, StringComparison.Ordinal);
        Assert.Contains("<h2 id=\"experiment-2-title\">checkout-pricing</h2>", page, StringComparison.Ordinal);
        Assert.Equal(8, page.Split("<figure class=\"chart\">").Length - 1);
        Assert.Equal(2, page.Split("<caption>Completeness according to accounts</caption>").Length - 1);
        Assert.Contains("Untrustworthy:", page, StringComparison.Ordinal);
        Assert.Contains("created by test 1.0", page, StringComparison.Ordinal);
        Assert.Contains("<pre tabindex=\"0\">dataplane report events -o &#x27;my report.html&#x27;", page, StringComparison.Ordinal);
        Assert.Contains("Event files in events.", page, StringComparison.Ordinal);
        Assert.EndsWith("</html>\n", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_of_elements_are_unique_and_every_link_leads_to_one()
    {
        await using var dashboard = await TwoExperimentsAsync();

        var page = await WriteAsync(dashboard, ExperimentReportFormat.Html);

        var ids = Id().Matches(page).Select(static match => match.Groups[1].Value).ToList();
        Assert.Equal(ids.Distinct(), ids);
        var links = Link().Matches(page).Select(static match => match.Groups[1].Value).ToList();
        Assert.True(links.Count > 20);
        Assert.All(links, link => Assert.True(link.StartsWith("data:image/svg+xml;base64,", StringComparison.Ordinal) || (link[0] == '#' && ids.Contains(link[1..])), link));
        Assert.All(LabelledBy().Matches(page).SelectMany(static match => match.Groups[1].Value.Split(' ')), id => Assert.Contains(id, ids));
    }

    [Fact]
    public async Task A_page_has_no_script_and_may_load_nothing_but_its_own_style()
    {
        await using var dashboard = await TwoExperimentsAsync();

        var page = await WriteAsync(dashboard, ExperimentReportFormat.Html);

        var policy = WebUtility.HtmlDecode(Policy().Match(page).Groups[1].Value);
        var style = page[(page.IndexOf("<style>", StringComparison.Ordinal) + 7)..page.IndexOf("</style>", StringComparison.Ordinal)];
        Assert.Equal(
            $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(style)))}'; img-src data:; base-uri 'none'; form-action 'none'",
            policy);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.DoesNotContain(" style=\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain(" src=\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("url(", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Markdown_has_the_same_numbers_in_tables_and_says_what_charts_show()
    {
        await using var dashboard = await TwoExperimentsAsync();

        var markdown = await WriteAsync(dashboard, ExperimentReportFormat.Markdown);

        Assert.StartsWith("# Experiments\n\nReport of 2026-03-01 12:05:00 UTC, created by test 1.0\n\n**1 of 2 experiments cannot be trusted", markdown, StringComparison.Ordinal);
        Assert.Contains("    dataplane report events -o 'my report.html'\n", markdown, StringComparison.Ordinal);
        Assert.Contains("\n## checkout-pricing\n\n### Summary\n\n- State: ✓ Healthy. The split agrees with its plan.\n- Subjects: 100\n", markdown, StringComparison.Ordinal);
        Assert.Contains("- **Share of control**: Now: 50.00%. The counts are compatible with", markdown, StringComparison.Ordinal);
        Assert.Contains("| Variant | Subjects | Expected subjects | Deviation | Exposures | Served by a fallback variant | Exposures lost |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n| control | 50 | 50.0 | 0.00% | 50 | 0 | 0 |\n", markdown, StringComparison.Ordinal);
        Assert.Contains("\n## Where this comes from\n\nEvent files in events.\n\nNot included:\n\n- ", markdown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_report_can_be_of_one_experiment_alone()
    {
        await using var dashboard = await TwoExperimentsAsync();

        var page = await WriteAsync(dashboard, ExperimentReportFormat.Html, only: "checkout-pricing");

        Assert.Contains("No experiment has a sample ratio mismatch.", page, StringComparison.Ordinal);
        Assert.Contains("id=\"experiment-1\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("search-ranking", page, StringComparison.Ordinal);
        var missing = await Assert.ThrowsAsync<InvalidOperationException>(() => WriteAsync(dashboard, ExperimentReportFormat.Html, only: "nonsense"));
        Assert.Contains("'nonsense'", missing.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ExperimentReportFormat.Html, "No event of an experiment was seen.")]
    [InlineData(ExperimentReportFormat.Markdown, "0 of 0 experiments.")]
    public async Task A_report_of_nothing_says_so(ExperimentReportFormat format, string text)
    {
        await using var dashboard = await Dashboard.StartAsync();

        Assert.Contains(text, await WriteAsync(dashboard, format), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ExperimentReportFormat.Html)]
    [InlineData(ExperimentReportFormat.Markdown)]
    public async Task Results_that_a_plan_keeps_for_its_own_looks_are_left_out(ExperimentReportFormat format)
    {
        await using var dashboard = await Dashboard.StartAsync(plans:
        [
            new AnalysisPlan
            {
                ExperimentName = Dashboard.Experiment,
                Control = "control",
                Looks = LookSchedule.FixedHorizon,
                MinimumEffect = 0.1,
                PrimaryMetric = new PlannedMetric { Name = "purchase", Baseline = 0.1, Definition = new MetricDefinition(TimeSpan.FromMinutes(1), MetricAggregation.Any) },
            },
        ]);
        dashboard.Declare();
        dashboard.ExposeMany(2_000);
        dashboard.Time.Advance(TimeSpan.FromMinutes(5));
        dashboard.Monitor.Evaluate(dashboard.Time.GetUtcNow());

        var report = await WriteAsync(dashboard, format);

        Assert.Contains("The plan has its own times for looks, so results are not shown on this page.", report, StringComparison.Ordinal);
        Assert.Contains("not shown", report, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(HostileTextTests.Names), MemberType = typeof(HostileTextTests))]
    public async Task Text_is_never_markup_in_a_page(string name)
    {
        await using var dashboard = await Dashboard.StartAsync();
        HostileTextTests.Fill(dashboard, HostileTextTests.Wellformed(name));

        HostileTextTests.AssertHarmless(await WriteAsync(dashboard, ExperimentReportFormat.Html), "report", scripts: 0);
    }

    [Theory]
    [MemberData(nameof(HostileTextTests.Names), MemberType = typeof(HostileTextTests))]
    [InlineData("[pwned](javascript:pwned) ![x](https://pwned.example/x.png) <https://pwned.example> https://pwned.example www.pwned.example")]
    [InlineData("**pwned** __x__ ~~y~~ `z` ==a== ++b++ ^c^ $d$ $$e$$ :smile: :) [^1] [x]: y \\*pwned")]
    [InlineData("\\|<img src=pwned>| x ||| <!-- pwned --> &lt;pwned&gt; &#60;img&#62;")]
    [InlineData("# pwned {.pwned #id onclick=x}")]
    [InlineData("    pwned\n\n***\n\n- x\n1. y\n> z\n| a | b |\n| - | - |\n")]
    [InlineData("```pwned")]
    [InlineData("[x] pwned [ ] --- *** ___ 1. - + 1) x\ty pwned@example.org @pwned #1")]
    public async Task Text_is_never_markup_in_markdown_whatever_the_reader_understands(string name)
    {
        await using var dashboard = await Dashboard.StartAsync();
        HostileTextTests.Fill(dashboard, HostileTextTests.Wellformed(name));

        var html = Markdown.ToHtml(await WriteAsync(dashboard, ExperimentReportFormat.Markdown), EveryExtension);

        Assert.All(Element().Matches(html).Select(static match => match.Groups[1].Value).Distinct(), element => Assert.Contains(element, OwnElements));
        Assert.All(Element().Matches(html).Select(static match => match.Value), static element => Assert.DoesNotContain("pwned", HeadingId().Replace(element, ""), StringComparison.Ordinal));

        // Nothing but control characters was lost on the way.
        var heading = Heading().Matches(html).Select(static match => WebUtility.HtmlDecode(match.Groups[1].Value)).Skip(1).First(static text => text != "Where this comes from");
        Assert.Equal(string.Concat(HostileTextTests.Wellformed(name).Select(static character => char.IsControl(character) || character is '\u2028' ? '\uFFFD' : character)), heading);

        // Every row of a table has as many cells as its head.
        foreach (var table in html.Split("<table>").Skip(1).Select(static table => table[..table.IndexOf("</table>", StringComparison.Ordinal)]))
        {
            var columns = table.Split("<th").Length - 2;
            Assert.All(table.Split("<tr>").Skip(2), row => Assert.Equal(columns, row.Split("<td").Length - 1));
        }
    }

    private static async Task<Dashboard> TwoExperimentsAsync()
    {
        var dashboard = await Dashboard.StartAsync();
        dashboard.Declare();
        dashboard.ExposeMany(100);
        dashboard.Declare("search-ranking");
        for (var minute = 0; minute < 5; minute++)
        {
            dashboard.ExposeMany(1_000, loseEveryOfB: 3, prefix: "m" + minute, experiment: "search-ranking");
            dashboard.Time.Advance(TimeSpan.FromMinutes(1));
        }

        return dashboard;
    }

    private static async Task<string> WriteAsync(Dashboard dashboard, ExperimentReportFormat format, string? only = null)
    {
        var report = new ExperimentReport(new MonitorReadModel(dashboard.Monitor, ReadModelSource.OfFiles("events"), dashboard.Time))
        {
            ExperimentName = only,
            MadeBy = "test 1.0",
            Commands = ["dataplane report events -o 'my report.html'", "dataplane srm events"],
        };
        await using var text = new StringWriter();
        await report.WriteAsync(text, format, TestContext.Current.CancellationToken);
        return text.ToString();
    }

    [GeneratedRegex(" id=\"([^\"]+)\"")]
    private static partial Regex Id();

    [GeneratedRegex(" href=\"([^\"]+)\"")]
    private static partial Regex Link();

    [GeneratedRegex(" aria-labelledby=\"([^\"]+)\"")]
    private static partial Regex LabelledBy();

    [GeneratedRegex("http-equiv=\"Content-Security-Policy\" content=\"([^\"]+)\"")]
    private static partial Regex Policy();

    [GeneratedRegex("<([a-zA-Z!][a-zA-Z0-9]*)[^>]*>")]
    private static partial Regex Element();

    [GeneratedRegex(" id=\"[^\"]*\"")]
    private static partial Regex HeadingId();

    [GeneratedRegex("<h2[^>]*>(.*?)</h2>", RegexOptions.Singleline)]
    private static partial Regex Heading();
}
