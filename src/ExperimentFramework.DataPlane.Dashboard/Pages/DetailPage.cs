using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>One experiment.</summary>
internal static class DetailPage
{
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
            <div id="content">
            <nav class="contents" aria-label="Sections"><ul>{contents}</ul></nav>
            <p class="range">Charts: {Range(site, name, SeriesTable.Minutes, "last hour, by minute", range)} {Range(site, name, SeriesTable.Hours, "last month, by hour", range)}</p>
            {body}
            </div>
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

    private static IReadOnlyList<(string Id, string Title, HtmlText Content)> Sections(Site site, ExperimentDetail detail, string range) =>
        [.. DetailSections.Of(site, detail, range).Select(section => (section.Id, section.Title, SectionHtml.Write(section, site, detail.Status.Name)))];

    private static HtmlText Announce(ExperimentDetail detail)
    {
        var state = StateText.Of(detail.Status.State, detail.Status.Plan?.EndsAt, detail.Time);
        return HtmlText.Of($"{state.Write()} {state.Meaning}{DeliveryTables.Troubles(detail.Destinations)}");
    }

    private static HtmlText Range(Site site, string name, string range, string text, string current) =>
        HtmlText.Of($"<a href=\"{site.Detail(name, range)}\"{(range == current ? HtmlText.Of($" aria-current=\"page\"") : default)}>{text}</a>");
}
