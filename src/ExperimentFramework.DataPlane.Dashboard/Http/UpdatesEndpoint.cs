using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>Sends the changes of a page as server-sent events.</summary>
/// <param name="updates">Renders the updates for all clients.</param>
/// <param name="settings">The settings of all pages.</param>
/// <param name="time">The clock.</param>
/// <param name="stopping">Ends all connections, so that the host does not wait for them.</param>
internal sealed class UpdatesEndpoint(LiveUpdates updates, SiteSettings settings, TimeProvider time, CancellationToken stopping)
{
    private const string Suffix = "/updates";

    /// <summary>The random spread of the connection length, so that connections that were opened together do not end together.</summary>
    private const double Spread = 0.2;

    /// <summary>The approximate time after which a connection ends and the page reconnects, so that a user who loses access does not keep it.</summary>
    private static readonly TimeSpan LongestConnection = TimeSpan.FromMinutes(5);

    /// <summary>The time without an update after which a comment is sent, so that half-open connections are detected.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(15);

    public async Task HandleAsync(HttpContext context)
    {
        var client = updates.TryEnter(SourceOf(context));
        try
        {
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
            await BeginAsync(context, client is null ? "retry: 60000\ndata: {\"full\":true}\n\n" : "retry: 1000\n\n", ending.Token).ConfigureAwait(false);
            if (client is not null)
            {
                await SendAsync(context, client, LongestConnection * (1 + (Random.Shared.NextDouble() * Spread)), ending.Token).ConfigureAwait(false);
                await ending.CancelAsync().ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested || stopping.IsCancellationRequested)
        {
            // The page was closed, or the host is stopping.
        }
        finally
        {
            if (client is not null)
            {
                updates.Leave(client);
            }
        }
    }

    /// <summary>Notifies the page immediately that it is connected, or that too many pages are.</summary>
    private static async Task BeginAsync(HttpContext context, string first, CancellationToken cancellationToken)
    {
        ResponseHeaders.Set(context.Response);
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        await WriteAsync(context, System.Text.Encoding.UTF8.GetBytes(first), cancellationToken).ConfigureAwait(false);
    }

    private async Task SendAsync(HttpContext context, LiveClient client, TimeSpan longest, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        var position = client.View.Enter(context.Request.Headers["Last-Event-ID"], context.Request.Query["structure"].ToString() is { Length: > 0 } structure ? structure : null);
        Task<(byte[] Update, LivePosition Position)>? next = null;
        while (time.GetElapsedTime(begun) is var elapsed && elapsed < longest)
        {
            next ??= client.View.NextAsync(position, cancellationToken).AsTask();
            var left = longest - elapsed;
            try
            {
                (var update, position) = await next.WaitAsync(left < LongestSilence ? left : LongestSilence, time, cancellationToken).ConfigureAwait(false);
                next = null;
                await Task.Delay(client.SendDelay, time, cancellationToken).ConfigureAwait(false);
                await WriteAsync(context, update, cancellationToken).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                await WriteAsync(context, ":\n\n"u8.ToArray(), cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static async Task WriteAsync(HttpContext context, byte[] text, CancellationToken cancellationToken)
    {
        await context.Response.Body.WriteAsync(text, cancellationToken).ConfigureAwait(false);
        await context.Response.Body.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    private ViewSource SourceOf(HttpContext context)
    {
        var site = DashboardEndpoints.SiteOf(context, Suffix) with { Settings = settings };
        var query = context.Request.Query;
        if (query.ContainsKey("name"))
        {
            var name = query["name"].ToString();
            var range = query["range"] == SeriesTable.Hours ? SeriesTable.Hours : SeriesTable.Minutes;
            return new ViewSource($"{site.BasePath}\ndetail\n{range}\n{name}", async moment =>
                await moment.GetDetailAsync(name).ConfigureAwait(false) is { } detail ? DetailPage.Render(site, detail, range) : RenderedView.Missing);
        }

        var list = ListQuery.Of(query);
        return new ViewSource($"{site.BasePath}\nlist\n{list.ToUrl(list.Page)}", async moment =>
            ListPage.Render(site, await moment.GetOverviewAsync().ConfigureAwait(false), list));
    }
}
