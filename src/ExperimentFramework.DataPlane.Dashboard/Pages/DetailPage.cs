using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>The page of one experiment.</summary>
internal static class DetailPage
{
    /// <summary>Writes the page.</summary>
    /// <param name="site">The addresses.</param>
    /// <param name="detail">The experiment.</param>
    /// <param name="range">The range of its charts.</param>
    /// <param name="record">The outcome of recording this look.</param>
    public static string Write(Site site, ExperimentDetail detail, string range, LookRecord record)
    {
        var name = detail.Status.Name;
        var sections = Sections(site, detail, range);
        var main = HtmlText.Of(
            $"""
            <h1>{name}</h1>
            <p id="{LiveView.AnnouncementId}" class="announce" role="status">{Announce(detail)}</p>
            {(record.HasFailed ? SectionHtml.Warning(new WarningPart("Not recorded:", "this look at the results could not be recorded, because writing to the ledger failed.")) : default)}
            <div id="content">{Content(site, name, range, sections)}</div>
            <p class="exports"><a href="{site.ApiDetail(name)}">{(WithheldResults.AreOpen(detail.Status) ? "All data as JSON" : "All data except the results as JSON")}</a></p>
            """);
        return Layout.Page(site, name, main, detail.Source, (site.DetailUpdates(name, range), Structure(sections), detail.Time));
    }

    /// <summary>Renders the parts that change.</summary>
    public static RenderedView Render(Site site, ExperimentDetail detail, string range)
    {
        var sections = Sections(site, detail, range);
        return new RenderedView(
            Structure(sections), [(LiveView.AnnouncementId, Announce(detail)), .. sections.Select(static section => (section.Id + "-part", section.Content))], () => Content(site, detail.Status.Name, range, sections));
    }

    private static HtmlText Content(Site site, string name, string range, IReadOnlyList<(string Id, string Title, HtmlText Content)> sections)
    {
        var contents = HtmlText.Join(sections.Select(static section => HtmlText.Of($"<li><a href=\"#{section.Id}\">{section.Title}</a></li>")));
        var body = HtmlText.Join(sections.Select(static section => HtmlText.Of(
            $"<section id=\"{section.Id}\" aria-labelledby=\"{section.Id}-title\"><h2 id=\"{section.Id}-title\">{section.Title}</h2><div id=\"{section.Id}-part\">{section.Content}</div></section>")));
        return HtmlText.Of(
            $"""
            <nav class="contents" aria-label="Sections"><ul>{contents}</ul></nav>
            <p class="range">Charts: {Range(site, name, SeriesTable.Minutes, "last hour, by minute", range)} {Range(site, name, SeriesTable.Hours, "last month, by hour", range)}</p>
            {body}
            """);
    }

    private static string Structure(IReadOnlyList<(string Id, string Title, HtmlText Content)> sections) => string.Join(',', sections.Select(static section => section.Id));

    private static IReadOnlyList<(string Id, string Title, HtmlText Content)> Sections(Site site, ExperimentDetail detail, string range) =>
        [.. DetailSections.Of(site, detail, range).Select(section => (section.Id, section.Title, SectionHtml.Write(section, site, detail.Status.Name)))];

    private static HtmlText Announce(ExperimentDetail detail)
    {
        var state = StateText.Of(detail.Status.State, detail.Status.Plan?.EndsAt, detail.Time);
        var failure = Cautions.Failure(detail) is { } text ? HtmlText.Of($"<strong>Incomplete: {text}</strong> ") : default;
        var crossovers = detail.Status.HasCrossovers ? " More subjects than expected change variants without an explanation." : string.Empty;
        return HtmlText.Of($"{failure}{state.Write()} {state.Meaning}{crossovers}{DeliveryTables.Problems(detail.Destinations)}");
    }

    private static HtmlText Range(Site site, string name, string range, string text, string current) =>
        HtmlText.Of($"<a href=\"{site.Detail(name, range)}\"{(range == current ? HtmlText.Of($" aria-current=\"page\"") : default)}>{text}</a>");
}
