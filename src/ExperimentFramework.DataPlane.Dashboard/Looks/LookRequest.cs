using Microsoft.AspNetCore.Http;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>Tells who asks for results that are reserved for planned looks. A page of another site, or a browser that prefetches links, must not look on behalf of a user.</summary>
internal static class LookRequest
{
    private const string NotAsked =
        "The plan counts looks, so results are shown only if they are requested on these pages or by a program. Ask on the page of the experiment. A script must not call itself a browser: leave Mozilla out of its User-Agent.";

    private const string OtherHost =
        "The plan counts looks, so results are shown only if they are requested on these pages, and the Origin or Referer of this request names another host or port than its Host header. "
        + "If you asked on these pages, a proxy changes that header: let it pass on the host and port that the browser sent (nginx: proxy_set_header Host $http_host), "
        + "or send them as X-Forwarded-Host, which the application accepts with UseForwardedHeaders() and ForwardedHeaders.XForwardedHost.";

    /// <summary>Returns why a request may not ask for results, with the remedy; null if it may.</summary>
    public static string? ReasonAgainst(HttpRequest request) =>
        request.Headers["Sec-Purpose"].ToString().Contains("prefetch", StringComparison.OrdinalIgnoreCase) ? NotAsked
        : request.Headers["Sec-Fetch-Site"].ToString() is { Length: > 0 } site ? (site is "same-origin" or "none" ? null : NotAsked)
        : ReasonAgainstSender(request);

    /// <summary>
    /// Over plain HTTP, browsers do not say which site a request comes from, but name the page that makes it, unless that page withholds its name. Then the name of the browser tells it from a program: a page cannot change that name without asking this server first.
    /// </summary>
    private static string? ReasonAgainstSender(HttpRequest request)
    {
        string[] pages = [.. new[] { request.Headers.Origin.ToString(), request.Headers.Referer.ToString() }.Where(static page => page.Length > 0)];
        if (pages.Length == 0)
        {
            return IsBrowser(request.Headers.UserAgent.ToString()) ? NotAsked : null;
        }

        return !pages.All(static page => AuthorityOf(page) is not null) ? NotAsked
            : pages.All(page => IsHere(new Uri(page), request.Host)) ? null
            : OtherHost;
    }

    /// <summary>PowerShell names the browser whose engine it once used.</summary>
    private static bool IsBrowser(string userAgent) =>
        userAgent.Contains("Mozilla/", StringComparison.OrdinalIgnoreCase) && !userAgent.Contains("PowerShell/", StringComparison.Ordinal);

    private static bool IsHere(Uri page, HostString host) => host.HasValue && string.Equals(page.Authority, AuthorityOf($"{page.Scheme}://{host.Value}"), StringComparison.OrdinalIgnoreCase);

    /// <summary>Returns the host of an address, and its port unless that is the usual one of the scheme; null if it is no address of a host.</summary>
    private static string? AuthorityOf(string address) => Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Authority.Length > 0 ? uri.Authority : null;
}
