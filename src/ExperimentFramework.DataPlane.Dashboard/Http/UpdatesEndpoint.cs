using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>Sends what changes on a page as server-sent events.</summary>
/// <param name="updates">Renders for all clients.</param>
/// <param name="interval">The time between two updates.</param>
/// <param name="stopping">Ends all connections, so that the host does not wait for them.</param>
internal sealed class UpdatesEndpoint(LiveUpdates updates, TimeSpan interval, CancellationToken stopping)
{
    private const string Suffix = "/updates";

    /// <summary>After about this time a connection ends, and the page connects again: who may no longer see it does not see it for ever.</summary>
    private static readonly TimeSpan LongestConnection = TimeSpan.FromMinutes(5);

    /// <summary>Connections that began together do not end together.</summary>
    private const double Spread = 0.2;

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
            await SendAsync(context, view, (int)(LongestConnection / interval * (1 + (Random.Shared.NextDouble() * Spread))), ending.Token).ConfigureAwait(false);
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

    private static async Task SendAsync(HttpContext context, LiveView view, int updates, CancellationToken cancellationToken)
    {
        ResponseHeaders.Set(context.Response);
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();

        // The page learns at once that it is connected.
        var position = view.Enter(context.Request.Headers["Last-Event-ID"]);
        await context.Response.Body.WriteAsync("retry: 1000\n\n"u8.ToArray(), cancellationToken).ConfigureAwait(false);
        await context.Response.Body.FlushAsync(cancellationToken).ConfigureAwait(false);
        for (; updates > 0; updates--)
        {
            (var update, position) = await view.NextAsync(position, cancellationToken).ConfigureAwait(false);
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
            return new ViewSource($"{site.BasePath}\ndetail\n{range}\n{name}", async moment =>
                await moment.GetDetailAsync(name).ConfigureAwait(false) is { } detail ? DetailPage.Render(site, detail, range) : new RenderedView(string.Empty, []));
        }

        var list = ListQuery.Of(query);
        return new ViewSource($"{site.BasePath}\nlist\n{list.ToUrl(list.Page)}", async moment =>
            ListPage.Render(site, await moment.GetOverviewAsync().ConfigureAwait(false), list));
    }
}
