using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>The layout of all pages.</summary>
internal static class Layout
{
    /// <summary>Writes a page.</summary>
    /// <param name="site">The addresses.</param>
    /// <param name="title">The title.</param>
    /// <param name="main">The content.</param>
    /// <param name="source">Where the events come from; null on error pages.</param>
    /// <param name="live">The address of the updates, the structure, and the time of the content; null if the page does not change.</param>
    public static string Page(Site site, string title, HtmlText main, ReadModelSource? source, (string Updates, string Structure, DateTimeOffset Time)? live = null)
    {
        var (data, status) = live is { } updates ? Status(site, source, updates) : default;
        return HtmlText.Of(
            $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>{title}</title>
            <link rel="icon" href="{site.Asset("icon.svg")}" type="image/svg+xml">
            <link rel="stylesheet" href="{site.Asset("dashboard.css")}">
            <script src="{site.Asset("patch.js")}" defer></script>
            <script src="{site.Asset("dashboard.js")}" defer></script>
            </head>
            <body{data}>
            <a class="skip" href="#main">Skip to the content</a>
            <header><nav aria-label="Site"><a href="{site.List}">Experiments</a></nav>{status}</header>
            <main id="main" tabindex="-1">{main}</main>
            {Footer(source)}
            </body>
            </html>

            """).ToString();
    }

    private static (HtmlText Data, HtmlText Status) Status(Site site, ReadModelSource? source, (string Updates, string Structure, DateTimeOffset Time) live)
    {
        var data = HtmlText.Of($" data-time=\"{live.Time.UtcDateTime:O}\"");
        if (source?.ReadAt is { } read)
        {
            return (data, HtmlText.Of($"<p class=\"connection\">As read at {TableHtml.Time(read)}. Later events are not included.</p>"));
        }

        // The time of the numbers remains in the page, hidden while they are live, because a printed page is never live.
        return (
            HtmlText.Of($"{data} data-updates=\"{live.Updates}\" data-structure=\"{StructureHash.Of(live.Structure)}\" data-interval=\"{site.Settings.UpdateInterval.TotalSeconds:0.###}\""),
            HtmlText.Of($"<p class=\"connection as-of\">As of {TableHtml.Time(live.Time)}.<span class=\"reload\"> Reload the page for newer numbers.</span></p><p id=\"connection\" class=\"connection\"></p>"));
    }

    /// <summary>Writes where the events come from; nothing if the source is null.</summary>
    public static HtmlText Footer(ReadModelSource? source) => source is null
        ? default
        : HtmlText.Of(
            $"<footer><h2>Where this comes from</h2><p>{source.Description}</p><p>Not included:</p><ul>{HtmlText.Join(source.NotSeen.Select(static missing => HtmlText.Of($"<li>{missing}</li>")))}</ul></footer>");
}
