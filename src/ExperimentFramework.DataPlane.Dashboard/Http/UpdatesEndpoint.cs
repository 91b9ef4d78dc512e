using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>Sends what changes on a page as server-sent events.</summary>
/// <param name="updates">Renders for all clients.</param>
/// <param name="stopping">Ends all connections, so that the host does not wait for them.</param>
internal sealed class UpdatesEndpoint(LiveUpdates updates, CancellationToken stopping)
{
    private const string Suffix = "/updates";

    public async Task HandleAsync(HttpContext context)
    {
        if (updates.TryEnter(SourceOf(context)) is not { } view)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            context.Response.Headers.RetryAfter = "60";
            return;
        }

        try
        {
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
            await SendAsync(context, view, ending.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested || stopping.IsCancellationRequested)
        {
            // The page was closed, or the host stops.
        }
        finally
        {
            updates.Leave(view);
        }
    }

    private static async Task SendAsync(HttpContext context, LiveView view, CancellationToken cancellationToken)
    {
        ResponseHeaders.Set(context.Response);
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();

        // The page learns at once that it is connected.
        await context.Response.Body.WriteAsync("retry: 3000\n\n"u8.ToArray(), cancellationToken).ConfigureAwait(false);
        await context.Response.Body.FlushAsync(cancellationToken).ConfigureAwait(false);
        var seen = view.Resume(context.Request.Headers["Last-Event-ID"]);
        while (true)
        {
            (var update, seen) = await view.NextAsync(seen, cancellationToken).ConfigureAwait(false);
            await context.Response.Body.WriteAsync(update, cancellationToken).ConfigureAwait(false);
            await context.Response.Body.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static ViewSource SourceOf(HttpContext context)
    {
        var site = DashboardEndpoints.SiteOf(context, Suffix);
        var query = context.Request.Query;
        if (query["name"].ToString() is { Length: > 0 } name)
        {
            var range = query["range"] == SeriesTable.Hours ? SeriesTable.Hours : SeriesTable.Minutes;
            return new ViewSource($"{site.BasePath}\ndetail\n{range}\n{name}", async (moment, cancellationToken) =>
                await moment.GetDetailAsync(name, cancellationToken).ConfigureAwait(false) is { } detail ? DetailPage.Render(site, detail, range) : new RenderedView(string.Empty, []));
        }

        var list = ListQuery.Of(query);
        return new ViewSource($"{site.BasePath}\nlist\n{list.ToUrl(list.Page)}", async (moment, cancellationToken) =>
            ListPage.Render(site, await moment.GetOverviewAsync(cancellationToken).ConfigureAwait(false), list));
    }
}
