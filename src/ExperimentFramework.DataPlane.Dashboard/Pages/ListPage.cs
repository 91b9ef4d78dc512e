using System.Globalization;
using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>The list of experiments.</summary>
internal static class ListPage
{
    /// <summary>Writes the page.</summary>
    public static string Write(Site site, ExperimentOverview overview, ListQuery query)
    {
        var rows = query.Select(overview);
        query = Within(query, rows.Count);
        var main = HtmlText.Of(
            $"""
            <h1>Experiments</h1>
            <p id="{LiveView.AnnouncementId}" class="announce" role="status">{Announce(overview)}</p>
            {Filter(site, query)}
            <div id="content">{Content(site, overview, rows, query)}</div>
            <p class="exports"><a href="{site.Api}">All experiments as JSON</a></p>
            """);
        return Layout.Page(site, "Experiments", main, overview.Source, (site.ListUpdates(query), Structure(overview, rows, query), overview.Time));
    }

    /// <summary>Renders the parts that change.</summary>
    public static RenderedView Render(Site site, ExperimentOverview overview, ListQuery query)
    {
        var rows = query.Select(overview);
        query = Within(query, rows.Count);
        var table = ListTable.Of(site, Rows(rows, query));
        List<(string, HtmlText)> parts = [(LiveView.AnnouncementId, Announce(overview)), ("counts", Counts(overview, rows.Count))];
        for (var row = 0; row < table.Rows.Count; row++)
        {
            // The name is part of the structure.
            for (var column = 1; column < table.Columns.Count; column++)
            {
                parts.Add((TableHtml.CellId(row, column), TableHtml.Content(table, table.Rows[row][column], row, column)));
            }
        }

        if (overview.Destinations.Count > 0)
        {
            parts.Add(("delivery-part", Destinations(site, overview)));
        }

        return new RenderedView(Structure(overview, rows, query), parts, () => Content(site, overview, rows, query));
    }

    private static HtmlText Content(Site site, ExperimentOverview overview, IReadOnlyList<(ExperimentListItem Experiment, StateText State)> rows, ListQuery query)
    {
        var page = Rows(rows, query);
        return HtmlText.Of(
            $"""
            <p id="counts">{Counts(overview, rows.Count)}</p>
            {(page.Count > 0 ? TableHtml.Write(ListTable.Of(site, page), site.ExportList(query)) : Nothing(overview))}
            {Pages(site, rows.Count, query)}
            {Delivery(site, overview)}
            """);
    }

    private static IReadOnlyList<(ExperimentListItem Experiment, StateText State)> Rows(IReadOnlyList<(ExperimentListItem Experiment, StateText State)> rows, ListQuery query) =>
        [.. rows.Skip((query.Page - 1) * ListQuery.PageSize).Take(ListQuery.PageSize)];

    /// <summary>Replaces a page number beyond the last page with the last one: there may be fewer experiments than when the link was created.</summary>
    private static ListQuery Within(ListQuery query, int rows) => query with { Page = Math.Min(query.Page, PageCount(rows)) };

    private static string Structure(ExperimentOverview overview, IReadOnlyList<(ExperimentListItem Experiment, StateText State)> rows, ListQuery query) => string.Join(
        '\n',
        Rows(rows, query).Select(static row => row.Experiment.Name).Prepend(string.Create(CultureInfo.InvariantCulture, $"{PageCount(rows.Count)} {overview.Destinations.Count > 0}")));

    private static HtmlText Delivery(Site site, ExperimentOverview overview) => overview.Destinations.Count == 0
        ? default
        : HtmlText.Of($"<section id=\"delivery\" aria-labelledby=\"delivery-title\"><h2 id=\"delivery-title\">Delivery</h2><div id=\"delivery-part\">{Destinations(site, overview)}</div></section>");

    private static HtmlText Destinations(Site site, ExperimentOverview overview) => TableHtml.Write(DeliveryTables.Destinations(overview.Destinations), site.ExportAll(DeliveryTables.DestinationsId));

    private static int PageCount(int rows) => Math.Max(1, (rows + ListQuery.PageSize - 1) / ListQuery.PageSize);

    private static HtmlText Announce(ExperimentOverview overview)
    {
        var split = OverviewText.HasAlarm(overview) ? HtmlText.Of($"<strong>{OverviewText.Announce(overview)}</strong>") : HtmlText.Of($"{OverviewText.Announce(overview)}");
        return HtmlText.Of($"{split}{DeliveryTables.Problems(overview.Destinations)}");
    }

    private static HtmlText Counts(ExperimentOverview overview, int shown) => HtmlText.Of($"{OverviewText.Count(overview, shown)}");

    private static HtmlText Nothing(ExperimentOverview overview) => overview.Experiments.Count == 0
        ? HtmlText.Of($"<p class=\"empty\">No event of an experiment has arrived yet. An experiment appears with its first exposure.</p>")
        : HtmlText.Of($"<p class=\"empty\">No experiments match.</p>");

    private static HtmlText Filter(Site site, ListQuery query)
    {
        var options = HtmlText.Join(StateText.All.Select(state => HtmlText.Of($"<option value=\"{state.Name}\"{(state.Name == query.State ? " selected" : string.Empty)}>{state.Text}</option>")));
        return HtmlText.Of(
            $"""
            <form class="filter" role="search" action="{site.List}" method="get">
            <label>Name contains <input type="search" name="q" value="{query.Search}"></label>
            <label>State <select name="state"><option value="">All</option>{options}</select></label>
            <button type="submit">Show</button>
            </form>
            """);
    }

    private static HtmlText Pages(Site site, int rows, ListQuery query)
    {
        var count = PageCount(rows);
        if (count == 1)
        {
            return default;
        }

        var previous = query.Page > 1 ? HtmlText.Of($"<a rel=\"prev\" href=\"{site.List}{query.ToUrl(query.Page - 1)}\">Previous</a> ") : default;
        var next = query.Page < count ? HtmlText.Of($" <a rel=\"next\" href=\"{site.List}{query.ToUrl(query.Page + 1)}\">Next</a>") : default;
        return HtmlText.Of($"<nav class=\"pages\" aria-label=\"Pages\">{previous}Page {query.Page:N0} of {count:N0}{next}</nav>");
    }
}
