using System.Text;
using ExperimentFramework.DataPlane.Science;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>Handles the requests for pages, data and files.</summary>
/// <param name="model">The read model.</param>
/// <param name="looks">Records looks at results.</param>
/// <param name="settings">The settings of all pages.</param>
/// <param name="time">The clock.</param>
internal sealed class DashboardEndpoints(IExperimentReadModel model, ResultLooks looks, SiteSettings settings, TimeProvider time)
{
    private const string Html = "text/html; charset=utf-8";
    private const string Json = "application/json; charset=utf-8";

    /// <summary>Maps all endpoints except the updates.</summary>
    public void Map(RouteGroupBuilder group)
    {
        group.MapGet("", ListAsync).WithDisplayName("Experiments");
        group.MapGet("/detail", context => WithDetail(context, "/detail", DetailAsync)).WithDisplayName("Experiment");
        group.MapMethods("/results", [HttpMethods.Get, HttpMethods.Post], context => WithDetail(context, "/results", ResultsAsync)).WithDisplayName("Results of an experiment");
        group.MapGet("/series", context => WithDetail(context, "/series", SeriesAsync)).WithDisplayName("Experiment as a table");
        group.MapGet("/event", context => WithDetail(context, "/event", EventAsync)).WithDisplayName("Event of an experiment");
        group.MapGet("/export", ExportAsync).WithDisplayName("Export of experiments");
        group.MapGet("/api/experiments", ApiListAsync).WithDisplayName("Experiments as JSON");
        group.MapGet("/api/experiment", ApiDetailAsync).WithDisplayName("Experiment as JSON");
        group.MapGet("/assets/{name}", AssetAsync).WithDisplayName("Files of the dashboard");
    }

    /// <summary>Returns the addresses for a request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="suffix">The part of its path after the path of the dashboard.</param>
    public static Site SiteOf(HttpContext context, string suffix)
    {
        var path = (context.Request.PathBase + context.Request.Path).ToUriComponent().TrimEnd('/');
        return new Site(path.EndsWith(suffix, StringComparison.OrdinalIgnoreCase) ? path[..^suffix.Length] : path);
    }

    private async Task ListAsync(HttpContext context) => await WriteAsync(
        context, Html, ListPage.Write(SiteOf(context, string.Empty) with { Settings = settings }, await model.GetExperimentsAsync(context.RequestAborted).ConfigureAwait(false), ListQuery.Of(context.Request.Query))).ConfigureAwait(false);

    private async Task DetailAsync(HttpContext context, Site site, ExperimentDetail detail)
    {
        var record = WithheldResults.AreOpen(detail.Status) ? await looks.RecordAsync(context, ResultTables.Shown(detail.Status), "page of the experiment").ConfigureAwait(false) : LookRecord.Nothing;
        await WriteAsync(context, Html, DetailPage.Write(site, detail, DetailSections.RangeOf(context.Request.Query["range"], detail), record)).ConfigureAwait(false);
    }

    /// <summary>Shows the results on request. If a look may cost something, following a link is not enough.</summary>
    private async Task ResultsAsync(HttpContext context, Site site, ExperimentDetail detail)
    {
        if (!WithheldResults.AreOpen(detail.Status))
        {
            if (!HttpMethods.IsPost(context.Request.Method) || detail.Status.HasUnreadablePlan)
            {
                await WriteAsync(context, Html, SmallPages.AskForResults(site, detail)).ConfigureAwait(false);
                return;
            }

            if (LookRequest.ReasonAgainst(context.Request) is { } reason)
            {
                await RefusedAsync(context, site, new Refusal(StatusCodes.Status403Forbidden, reason)).ConfigureAwait(false);
                return;
            }
        }

        var record = await looks.RecordAsync(context, ResultTables.Shown(detail.Status), "page of results").ConfigureAwait(false);
        if (record.HasFailed && !WithheldResults.AreOpen(detail.Status))
        {
            await RefusedAsync(context, site, Refusal.NotRecorded).ConfigureAwait(false);
            return;
        }

        await WriteAsync(context, Html, SmallPages.Results(site, detail, record)).ConfigureAwait(false);
    }

    private static Task SeriesAsync(HttpContext context, Site site, ExperimentDetail detail) =>
        WriteAsync(context, Html, SmallPages.Series(site, detail, DetailSections.RangeOf(context.Request.Query["range"], detail)));

    private static Task EventAsync(HttpContext context, Site site, ExperimentDetail detail)
    {
        var item = Guid.TryParse(context.Request.Query["id"], out var id) ? detail.LatestEvents.FirstOrDefault(item => item.Envelope.EventId == id) : null;
        return item is not null
            ? WriteAsync(context, Html, SmallPages.Event(site, detail, item))
            : MissingAsync(context, SmallPages.Missing(site, "Event not found", "Only the latest 20 events of an experiment are kept here. Older events are in the destinations that store events."));
    }

    private async Task ExportAsync(HttpContext context)
    {
        var site = SiteOf(context, "/export");
        var query = context.Request.Query;
        var format = query["format"].ToString();
        if (format is not ("csv" or "json") || (query.ContainsKey("name") ? await DetailTableAsync(context, site).ConfigureAwait(false) : await ListTableAsync(context, site).ConfigureAwait(false)) is not { } export)
        {
            await MissingAsync(context, SmallPages.Missing(site, "Export not found", "The experiment, table or format does not exist. The formats are csv and json.")).ConfigureAwait(false);
            return;
        }

        if (export.Refused is { } refused)
        {
            await RefusedAsync(context, site, refused).ConfigureAwait(false);
            return;
        }

        context.Response.Headers.ContentDisposition = ExportName.Of(export.Experiment, export.Table.Id, format, export.Time);
        await (format == "csv" ? WriteAsync(context, "text/csv; charset=utf-8", TableExport.Csv(export.Table)) : WriteAsync(context, Json, TableExport.Json(export.Table))).ConfigureAwait(false);
    }

    private async ValueTask<Export?> ListTableAsync(HttpContext context, Site site)
    {
        var query = context.Request.Query;
        if (query["table"].ToString() is not (Site.ListTableId or DeliveryTables.DestinationsId))
        {
            return null;
        }

        var overview = await model.GetExperimentsAsync(context.RequestAborted).ConfigureAwait(false);
        return new Export(query["table"] == Site.ListTableId ? ListTable.Of(site, ListQuery.Of(query).Select(overview)) : DeliveryTables.Destinations(overview.Destinations), null, overview.Time);
    }

    private async ValueTask<Export?> DetailTableAsync(HttpContext context, Site site)
    {
        var query = context.Request.Query;
        if (await model.GetExperimentAsync(query["name"].ToString(), context.RequestAborted).ConfigureAwait(false) is not { } detail)
        {
            return null;
        }

        var asks = AsksForResults(query);
        if (DetailTables.Find(query["table"].ToString(), site, detail, asks) is not { } table)
        {
            return null;
        }

        Refusal? refused = null;
        if (table.Id == ResultTables.ReadOutsId && (asks || WithheldResults.AreOpen(detail.Status)))
        {
            refused = await RefuseAsync(context, ResultTables.Shown(detail.Status), "export of results").ConfigureAwait(false);
        }

        return new Export(table, detail.Status.Name, detail.Time) { Refused = refused };
    }

    /// <summary>Records a look, and returns why the results must not be shown; null if they may be shown.</summary>
    private async ValueTask<Refusal?> RefuseAsync(HttpContext context, ExperimentStatus status, string shown)
    {
        var isOpen = WithheldResults.AreOpen(status);
        var reason = isOpen ? null : status.HasUnreadablePlan ? WithheldResultsPart.Of(status).Reason : LookRequest.ReasonAgainst(context.Request);
        return reason is not null ? new Refusal(StatusCodes.Status403Forbidden, reason)
            : (await looks.RecordAsync(context, status, shown).ConfigureAwait(false)).HasFailed && !isOpen ? Refusal.NotRecorded
            : null;
    }

    private static bool AsksForResults(IQueryCollection query) => query["results"] == "true";

    private async Task ApiListAsync(HttpContext context) =>
        await WriteAsync(context, Json, ReadModelJson.Serialize(await model.GetExperimentsAsync(context.RequestAborted).ConfigureAwait(false))).ConfigureAwait(false);

    private async Task ApiDetailAsync(HttpContext context)
    {
        if (await model.GetExperimentAsync(context.Request.Query["name"].ToString(), context.RequestAborted).ConfigureAwait(false) is not { } detail)
        {
            await ProblemAsync(context, StatusCodes.Status404NotFound, "Experiment not found", "No event of this experiment was seen.").ConfigureAwait(false);
        }
        else if (!WithheldResults.AreOpen(detail.Status) && !AsksForResults(context.Request.Query))
        {
            await WriteAsync(context, Json, ReadModelJson.Serialize(WithheldResults.LeftOutOf(detail))).ConfigureAwait(false);
        }
        else if (await RefuseAsync(context, detail.Status, "JSON of the experiment").ConfigureAwait(false) is { } refused)
        {
            await ProblemAsync(context, refused.Status, Refusal.Title, refused.Reason).ConfigureAwait(false);
        }
        else
        {
            await WriteAsync(context, Json, ReadModelJson.Serialize(detail)).ConfigureAwait(false);
        }
    }

    private static Task RefusedAsync(HttpContext context, Site site, Refusal refusal)
    {
        context.Response.StatusCode = refusal.Status;
        return WriteAsync(context, Html, SmallPages.Missing(site, Refusal.Title, refusal.Reason));
    }

    private static Task ProblemAsync(HttpContext context, int status, string title, string detail)
    {
        context.Response.StatusCode = status;
        return WriteAsync(context, ProblemJson.MediaType, ProblemJson.Of(status, title, detail));
    }

    private static Task AssetAsync(HttpContext context)
    {
        if (Assets.Find(context.Request.RouteValues["name"] as string) is not { } asset)
        {
            ResponseHeaders.Set(context.Response);
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
        var site = SiteOf(context, suffix) with { Settings = settings };
        if (await model.GetExperimentAsync(context.Request.Query["name"].ToString(), context.RequestAborted).ConfigureAwait(false) is { } detail)
        {
            await answer(context, site, detail).ConfigureAwait(false);
        }
        else
        {
            await MissingAsync(context, SmallPages.MissingExperiment(site, context.Request.Query["name"].ToString(), suffix == "/detail" ? time.GetUtcNow() : null)).ConfigureAwait(false);
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

    /// <summary>A table to download.</summary>
    /// <param name="Table">The table.</param>
    /// <param name="Experiment">The experiment of the table; null for all.</param>
    /// <param name="Time">The time of its numbers.</param>
    private sealed record Export(Table Table, string? Experiment, DateTimeOffset Time)
    {
        /// <summary>Why it must not be downloaded; null if it may be.</summary>
        public Refusal? Refused { get; init; }
    }
}
