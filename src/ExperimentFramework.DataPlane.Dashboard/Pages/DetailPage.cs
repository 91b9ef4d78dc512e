using System.Globalization;
using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>One experiment.</summary>
internal static class DetailPage
{
    /// <summary>The range of the charts: what was asked for; else minutes for a young run.</summary>
    public static string RangeOf(string? asked, ExperimentDetail detail) =>
        asked is SeriesTable.Minutes or SeriesTable.Hours ? asked
        : detail.Hours.Runs.Count > 3 ? SeriesTable.Hours : SeriesTable.Minutes;

    /// <summary>Writes the page.</summary>
    public static string Write(Site site, ExperimentDetail detail, string range)
    {
        var name = detail.Status.Name;
        var sections = Sections(site, detail, range);
        var contents = HtmlText.Join(sections.Select(static section => HtmlText.Of($"<li><a href=\"#{section.Id}\">{section.Title}</a></li>")));
        var body = HtmlText.Join(sections.Select(static section => HtmlText.Of(
            $"<section id=\"{section.Id}\" aria-labelledby=\"{section.Id}-title\"><h2 id=\"{section.Id}-title\">{section.Title}</h2><div id=\"{section.Id}-part\">{section.Content}</div></section>")));
        var main = HtmlText.Of(
            $"""
            <h1>{name}</h1>
            <p id="announce" class="announce" role="status">{Announce(detail)}</p>
            <nav class="contents" aria-label="Sections"><ul>{contents}</ul></nav>
            <p class="range">Charts: {Range(site, name, SeriesTable.Minutes, "last hour, by minute", range)} {Range(site, name, SeriesTable.Hours, "last month, by hour", range)}</p>
            {body}
            <p class="exports"><a href="{site.ApiDetail(name)}">Everything as JSON of the read model</a></p>
            """);
        return Layout.Page(site, name, main, detail.Source, (site.DetailUpdates(name, range), Structure(sections), detail.Time));
    }

    /// <summary>Renders what changes.</summary>
    public static RenderedView Render(Site site, ExperimentDetail detail, string range)
    {
        var sections = Sections(site, detail, range);
        return new RenderedView(Structure(sections), [("announce", Announce(detail)), .. sections.Select(static section => (section.Id + "-part", section.Content))]);
    }

    private static string Structure(IReadOnlyList<(string Id, string Title, HtmlText Content)> sections) => string.Join(',', sections.Select(static section => section.Id));

    private static IReadOnlyList<(string Id, string Title, HtmlText Content)> Sections(Site site, ExperimentDetail detail, string range)
    {
        var status = detail.Status;
        var series = SeriesTable.SeriesOf(detail, range);
        var asTable = HtmlText.Of($"<p class=\"exports\"><a href=\"{site.Series(status.Name, range)}\">The charts as a table</a></p>");
        return
        [
            ("summary", "Summary", Summary(detail)),
            ("shares", "Shares over time", HtmlText.Of($"{DetailCharts.Shares(series)}{asTable}")),
            ("evidence", "Evidence", HtmlText.Of($"{DetailCharts.Evidence(series)}{asTable}")),
            ("traffic", "Exposures over time", HtmlText.Of($"{DetailCharts.Exposures(series)}{asTable}")),
            ("subjects", "Subjects", HtmlText.Of($"{Show(DetailTables.Variants(status))}{Show(DetailTables.Allocations(status))}{Show(DetailTables.Segments(status))}")),
            ("results", "Outcomes", HtmlText.Of($"{Untrustworthy(status)}{Results(site, status)}")),
            ("plan", "Plan", Show(ResultTables.Plan(status))),
            ("data", "Quality of the data", HtmlText.Of($"{Show(DetailTables.Quality(status))}{Show(DetailTables.Excluded(status))}{Show(DetailTables.Reasons(status))}{Show(DetailTables.Producers(status))}{Show(DetailTables.Builds(status))}")),
            ("signals", "Signals", Show(ResultTables.Signals(detail))),
            ("events", "Latest events", Show(ResultTables.Events(site, detail))),
        ];

        HtmlText Show(Table table) => TableHtml.Write(table, site.Export(status.Name, table.Id));
    }

    private static HtmlText Summary(ExperimentDetail detail)
    {
        var status = detail.Status;
        var state = StateText.Of(status.State, status.Plan?.EndsAt, detail.Time);
        List<(string Term, HtmlText Value)> facts =
        [
            ("State", HtmlText.Of($"{state.Write()} {state.Meaning}")),
            ("Subjects", HtmlText.Of($"{status.Subjects:N0}")),
            ("Exposures", HtmlText.Of($"{status.Exposures:N0}")),
            ("p-value, at any time", HtmlText.Of($"{(status.LogPValue < -690 ? string.Create(CultureInfo.InvariantCulture, $"e^{status.LogPValue:0}") : Math.Exp(status.LogPValue).ToString("G2", CultureInfo.InvariantCulture))}")),
            ("Run", status.RunStartedAt is { } started ? HtmlText.Of($"{status.Run:N0}, since {TableHtml.Time(started)}") : HtmlText.Of($"not started")),
            ("Last exposure", status.LastExposure is { } last ? TableHtml.Time(last) : HtmlText.Of($"none")),
        ];
        if (status.NotTestableReason is { } reason)
        {
            facts.Add(("Not testable because of", HtmlText.Of($"{reason}")));
        }

        if (status.DeviatesSince is { } deviation)
        {
            facts.Add(("Deviates most since", HtmlText.Of($"{TableHtml.Time(deviation.Time)}, when {Began(deviation.Reason)}")));
        }

        if (status.HasCrossovers)
        {
            facts.Add(("Crossovers", HtmlText.Of($"<span class=\"state warning\"><span aria-hidden=\"true\">!</span> More subjects than expected change variants without an explanation</span>")));
        }

        if (status.UndeclaredVersions.Count > 0)
        {
            facts.Add(("Weights never declared", HtmlText.Of($"{string.Join(", ", status.UndeclaredVersions)}")));
        }

        return HtmlText.Of($"<dl>{HtmlText.Join(facts.Select(static fact => HtmlText.Of($"<div><dt>{fact.Term}</dt><dd>{fact.Value}</dd></div>")))}</dl>");
    }

    private static HtmlText Announce(ExperimentDetail detail)
    {
        var state = StateText.Of(detail.Status.State, detail.Status.Plan?.EndsAt, detail.Time);
        return HtmlText.Of($"{state.Write()} {state.Meaning}");
    }

    private static HtmlText Untrustworthy(ExperimentStatus status) => status.State == ExperimentState.SampleRatioMismatch
        ? HtmlText.Of($"<p class=\"untrustworthy\"><strong>Untrustworthy:</strong> the split is broken, so every comparison of variants is biased. Comparisons are left out until the cause is mended and the experiment is reset.</p>")
        : default;

    private static HtmlText Results(Site site, ExperimentStatus status) => ResultLooks.AreOpen(status)
        ? TableHtml.Write(ResultTables.ReadOuts(status, withResults: true), site.Export(status.Name, ResultTables.ReadOutsId))
        : HtmlText.Of(
            $"""
            <p>The plan has its own times for looks, so results are not on this page. <a href="{site.Results(status.Name)}" rel="nofollow">Show the results</a>: the look is recorded with your name, and judged by the plan.</p>
            {TableHtml.Write(ResultTables.ReadOuts(status, withResults: false), exports: null)}
            """);

    private static string Began(string reason) => reason switch
    {
        "build" => "a new build of a variant was first seen",
        "allocation" => "new weights were first seen",
        _ => "a day began",
    };

    private static HtmlText Range(Site site, string name, string range, string text, string current) =>
        HtmlText.Of($"<a href=\"{site.Detail(name, range)}\"{(range == current ? HtmlText.Of($" aria-current=\"page\"") : default)}>{text}</a>");
}
