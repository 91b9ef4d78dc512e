using System.Security.Cryptography;
using System.Text;
using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>Writes a report as one HTML page that has no scripts and cannot load anything.</summary>
/// <param name="overview">The experiments.</param>
internal sealed class ReportHtml(ExperimentOverview overview) : IReportWriter
{
    private static readonly string Style = Assets.Text("dashboard.css");
    private static readonly string StyleHash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)));
    private static readonly string Icon = Convert.ToBase64String(Encoding.UTF8.GetBytes(Assets.Text("icon.svg")));

    private readonly ReportLinks _links = new(overview);

    public string Begin(string? madeBy, IReadOnlyList<string> commands)
    {
        var rows = ReportLinks.InOrder(overview);
        var announcement = HtmlText.Of($"{OverviewText.Announce(overview)}");
        var list = rows.Count == 0
            ? HtmlText.Of($"<p class=\"empty\">No event of an experiment was seen.</p>")
            : TableHtml.Write(ListTable.Of(_links, rows) with { IsLive = false }, exports: null);
        return HtmlText.Of(
            $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-{StyleHash}'; img-src data:; base-uri 'none'; form-action 'none'">
            <meta name="referrer" content="no-referrer">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>Experiments, {TableText.Time(overview.Time)}</title>
            <link rel="icon" href="data:image/svg+xml;base64,{Icon}">
            <style>{new HtmlText(Style)}</style>
            </head>
            <body>
            <a class="skip" href="#main">Skip to the content</a>
            <header><p class="connection">Report of {TableHtml.Time(overview.Time)}{(madeBy is null ? string.Empty : ", created by " + madeBy)}</p></header>
            <main id="main" tabindex="-1">
            <h1>Experiments</h1>
            <p class="announce">{(OverviewText.HasAlarm(overview) ? HtmlText.Of($"<strong>{announcement}</strong>") : announcement)}</p>
            <p>{OverviewText.Count(overview, rows.Count)}</p>
            {list}{Commands(commands)}

            """).ToString();
    }

    public string Write(ExperimentDetail detail)
    {
        var name = detail.Status.Name;
        var id = _links.Id(name);
        var links = _links.Within(name);
        var range = DetailSections.RangeOf(null, detail);
        var sections = DetailSections.Of(links, detail, range);
        var contents = HtmlText.Join(sections.Select(section => HtmlText.Of($"<li><a href=\"#{id}-{section.Id}\">{section.Title}</a></li>")));
        var body = HtmlText.Join(sections.Select(section => HtmlText.Of(
            $"<section id=\"{id}-{section.Id}\" aria-labelledby=\"{id}-{section.Id}-title\"><h3 id=\"{id}-{section.Id}-title\">{section.Title}</h3>{SectionHtml.Write(section, links, name)}</section>\n")));
        return HtmlText.Of(
            $"""
            <article id="{id}" class="experiment" aria-labelledby="{id}-title">
            <h2 id="{id}-title">{name}</h2>
            <nav class="contents" aria-label="Sections of {name}"><ul>{contents}<li><a href="#main">All experiments</a></li></ul></nav>
            <p class="range">Charts: {SeriesTable.TitleOf(range)}, in UTC.</p>
            {body}</article>

            """).ToString();
    }

    public string End() => HtmlText.Of($"</main>\n{Layout.Footer(overview.Source)}\n</body>\n</html>\n").ToString();

    private static HtmlText Commands(IReadOnlyList<string> commands) => commands.Count == 0
        ? default
        : HtmlText.Of(
            $"""
            <section aria-labelledby="commands-title"><h2 id="commands-title">How to reproduce this report</h2>
            <p>The first command created this report. The others recompute its numbers.</p><pre tabindex="0">{string.Join('\n', commands)}</pre></section>
            """);
}
