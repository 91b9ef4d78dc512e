using System.Text;
using ExperimentFramework.DataPlane.Science;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>Answers the requests for pages, data and files.</summary>
/// <param name="model">The read model.</param>
/// <param name="looks">Records looks at results.</param>
/// <param name="updateInterval">The time between two updates of an open page.</param>
internal sealed class DashboardEndpoints(IExperimentReadModel model, ResultLooks looks, TimeSpan updateInterval)
{
    private const string Html = "text/html; charset=utf-8";
    private const string Json = "application/json; charset=utf-8";

    /// <summary>Maps all but the updates.</summary>
    public void Map(RouteGroupBuilder group)
    {
        group.MapGet("", ListAsync).WithDisplayName("Experiments");
        group.MapGet("/detail", context => WithDetail(context, "/detail", DetailAsync)).WithDisplayName("Experiment");
        group.MapGet("/results", context => WithDetail(context, "/results", ResultsAsync)).WithDisplayName("Results of an experiment");
        group.MapGet("/series", context => WithDetail(context, "/series", SeriesAsync)).WithDisplayName("Experiment as a table");
        group.MapGet("/event", context => WithDetail(context, "/event", EventAsync)).WithDisplayName("Event of an experiment");
        group.MapGet("/export", ExportAsync).WithDisplayName("Export of experiments");
        group.MapGet("/api/experiments", ApiListAsync).WithDisplayName("Experiments as JSON");
        group.MapGet("/api/experiment", ApiDetailAsync).WithDisplayName("Experiment as JSON");
        group.MapGet("/assets/{name}", AssetAsync).WithDisplayName("Files of the dashboard");
    }

    /// <summary>The addresses as this request sees them.</summary>
    /// <param name="context">The request.</param>
    /// <param name="suffix">What its path ends with after that of the dashboard.</param>
    public static Site SiteOf(HttpContext context, string suffix)
    {
        var path = (context.Request.PathBase + context.Request.Path).ToUriComponent().TrimEnd('/');
        return new Site(path.EndsWith(suffix, StringComparison.OrdinalIgnoreCase) ? path[..^suffix.Length] : path);
    }

    private async Task ListAsync(HttpContext context) => await WriteAsync(
        context, Html, ListPage.Write(SiteOf(context, string.Empty) with { UpdateInterval = updateInterval }, await model.GetExperimentsAsync(context.RequestAborted).ConfigureAwait(false), ListQuery.Of(context.Request.Query))).ConfigureAwait(false);

    private async Task DetailAsync(HttpContext context, Site site, ExperimentDetail detail)
    {
        if (ResultLooks.AreOpen(detail.Status))
        {
            await looks.RecordAsync(context, detail.Status, "page of the experiment").ConfigureAwait(false);
        }

        await WriteAsync(context, Html, DetailPage.Write(site, detail, DetailSections.RangeOf(context.Request.Query["range"], detail))).ConfigureAwait(false);
    }

    private async Task ResultsAsync(HttpContext context, Site site, ExperimentDetail detail)
    {
        var verdict = await looks.RecordAsync(context, detail.Status, "page of results").ConfigureAwait(false);
        await WriteAsync(context, Html, SmallPages.Results(site, detail, verdict)).ConfigureAwait(false);
    }

    private static Task SeriesAsync(HttpContext context, Site site, ExperimentDetail detail) =>
        WriteAsync(context, Html, SmallPages.Series(site, detail, DetailSections.RangeOf(context.Request.Query["range"], detail)));

    private static Task EventAsync(HttpContext context, Site site, ExperimentDetail detail)
    {
        var item = Guid.TryParse(context.Request.Query["id"], out var id) ? detail.LatestEvents.FirstOrDefault(item => item.Envelope.EventId == id) : null;
        return item is not null
            ? WriteAsync(context, Html, SmallPages.Event(site, detail, item))
            : MissingAsync(context, SmallPages.Missing(site, "Event not found", "Only the latest 20 events of an experiment are kept here. A destination that stores events has the others."));
    }

    private async Task ExportAsync(HttpContext context)
    {
        var site = SiteOf(context, "/export");
        var format = context.Request.Query["format"].ToString();
        if (format is not ("csv" or "json") || await TableOfAsync(context, site).ConfigureAwait(false) is not { } table)
        {
            await MissingAsync(context, SmallPages.Missing(site, "Export not found", "There is no such experiment, table or format; formats are csv and json.")).ConfigureAwait(false);
            return;
        }

        context.Response.Headers.ContentDisposition = $"attachment; filename=\"{table.Id}.{format}\"";
        await (format == "csv" ? WriteAsync(context, "text/csv; charset=utf-8", TableExport.Csv(table)) : WriteAsync(context, Json, TableExport.Json(table))).ConfigureAwait(false);
    }

    private async ValueTask<Table?> TableOfAsync(HttpContext context, Site site)
    {
        var query = context.Request.Query;
        if (query["name"].ToString() is not { Length: > 0 } name)
        {
            if (query["table"].ToString() is not (Site.ListTableId or DeliveryTables.DestinationsId))
            {
                return null;
            }

            var overview = await model.GetExperimentsAsync(context.RequestAborted).ConfigureAwait(false);
            return query["table"] == Site.ListTableId ? ListTable.Of(site, ListQuery.Of(query).Select(overview)) : DeliveryTables.Destinations(overview.Destinations);
        }

        if (await model.GetExperimentAsync(name, context.RequestAborted).ConfigureAwait(false) is not { } detail)
        {
            return null;
        }

        var table = DetailTables.All(site, detail).FirstOrDefault(table => table.Id == query["table"]);
        if (table is { Id: ResultTables.ReadOutsId })
        {
            await looks.RecordAsync(context, detail.Status, "export of results").ConfigureAwait(false);
        }

        return table;
    }

    private async Task ApiListAsync(HttpContext context) =>
        await WriteAsync(context, Json, ReadModelJson.Serialize(await model.GetExperimentsAsync(context.RequestAborted).ConfigureAwait(false))).ConfigureAwait(false);

    private async Task ApiDetailAsync(HttpContext context)
    {
        if (await model.GetExperimentAsync(context.Request.Query["name"].ToString(), context.RequestAborted).ConfigureAwait(false) is { } detail)
        {
            await looks.RecordAsync(context, detail.Status, "JSON of the experiment").ConfigureAwait(false);
            await WriteAsync(context, Json, ReadModelJson.Serialize(detail)).ConfigureAwait(false);
            return;
        }

        context.Response.StatusCode = StatusCodes.Status404NotFound;
        await WriteAsync(context, "application/problem+json", """{"title":"Experiment not found","status":404,"detail":"No event of this experiment was seen."}"""u8.ToArray()).ConfigureAwait(false);
    }

    private static Task AssetAsync(HttpContext context)
    {
        if (Assets.Find(context.Request.RouteValues["name"] as string) is not { } asset)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        ResponseHeaders.Set(context.Response);
        if (context.Request.Query["v"] == Assets.Version)
        {
            context.Response.Headers.CacheControl = "private, max-age=31536000, immutable";
        }

        context.Response.ContentType = asset.ContentType;
        context.Response.ContentLength = asset.Content.Length;
        return context.Response.Body.WriteAsync(asset.Content, context.RequestAborted).AsTask();
    }

    private async Task WithDetail(HttpContext context, string suffix, Func<HttpContext, Site, ExperimentDetail, Task> answer)
    {
        var site = SiteOf(context, suffix) with { UpdateInterval = updateInterval };
        if (await model.GetExperimentAsync(context.Request.Query["name"].ToString(), context.RequestAborted).ConfigureAwait(false) is { } detail)
        {
            await answer(context, site, detail).ConfigureAwait(false);
        }
        else
        {
            await MissingAsync(context, SmallPages.Missing(site, "Experiment not found", "No event of this experiment was seen. It appears with its first exposure.")).ConfigureAwait(false);
        }
    }

    private static Task MissingAsync(HttpContext context, string page)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return WriteAsync(context, Html, page);
    }

    private static Task WriteAsync(HttpContext context, string contentType, string content) => WriteAsync(context, contentType, Encoding.UTF8.GetBytes(content));

    private static Task WriteAsync(HttpContext context, string contentType, byte[] content)
    {
        ResponseHeaders.Set(context.Response);
        context.Response.ContentType = contentType;
        context.Response.ContentLength = content.Length;
        return context.Response.Body.WriteAsync(content, context.RequestAborted).AsTask();
    }
}
