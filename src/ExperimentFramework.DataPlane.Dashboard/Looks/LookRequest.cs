using Microsoft.AspNetCore.Http;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>Decides whether a request may see results that are reserved for planned looks. A page of another origin, or a browser that prefetches links, must not look on behalf of a user.</summary>
internal static class LookRequest
{
    private const string Rule = "The plan counts looks, so results are shown only if they are requested on these pages or by a program.";

    private const string Prefetched = Rule + " The browser prefetched this page before its user asked for it. Ask on the page of the experiment.";

    private const string OtherOrigin = Rule + " A page of another origin (host or port) made this request, or one that withholds its address. Ask on the page of the experiment.";

    private const string UnknownPage =
        Rule + " A browser made this request and did not say from which page. Ask on the page of the experiment. A script must not call itself a browser: leave Mozilla out of its User-Agent.";

    private const string OtherHost =
        "The plan counts looks, so results are shown only if they are requested on these pages, and the Origin or Referer of this request names another host or port than its Host header. "
        + "If you asked on these pages, a proxy changes that header: let it pass on the host and port that the browser sent (nginx: proxy_set_header Host $http_host), "
        + "or send them as X-Forwarded-Host, which the application accepts with UseForwardedHeaders() and ForwardedHeaders.XForwardedHost.";

    /// <summary>Returns why a request may not ask for results, with the remedy; null if it may.</summary>
    public static string? ReasonAgainst(HttpRequest request) =>
        request.Headers["Sec-Purpose"].ToString().Contains("prefetch", StringComparison.OrdinalIgnoreCase) ? Prefetched
        : request.Headers["Sec-Fetch-Site"].ToString() is { Length: > 0 } site ? (site is "same-origin" or "none" ? null : OtherOrigin)
        : ReasonAgainstSender(request);

    /// <summary>
    /// Over plain HTTP, browsers do not say which site a request comes from, but name the page that makes it, unless that page withholds its name. Then the name of the browser distinguishes it from a program: a page cannot change that name without asking this server first.
    /// </summary>
    private static string? ReasonAgainstSender(HttpRequest request)
    {
        Uri?[] pages = [.. new[] { request.Headers.Origin.ToString(), request.Headers.Referer.ToString() }.Where(static page => page.Length > 0).Select(AddressOf)];
        if (pages.Length == 0)
        {
            return IsBrowser(request.Headers.UserAgent.ToString()) ? UnknownPage : null;
        }

        return Array.Exists(pages, static page => page is null) ? OtherOrigin
            : pages.OfType<Uri>().All(page => IsHere(page, request.Host)) ? null
            : OtherHost;
    }

    /// <summary>PowerShell names the browser whose engine it once used.</summary>
    private static bool IsBrowser(string userAgent) =>
        userAgent.Contains("Mozilla/", StringComparison.OrdinalIgnoreCase) && !userAgent.Contains("PowerShell/", StringComparison.Ordinal);

    private static bool IsHere(Uri page, HostString host) => host.HasValue && string.Equals(page.Authority, AddressOf($"{page.Scheme}://{host.Value}")?.Authority, StringComparison.OrdinalIgnoreCase);

    /// <summary>Returns an address, whose authority has a port unless that is the usual one of the scheme; null if it is no address of a host.</summary>
    private static Uri? AddressOf(string address) => Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Authority.Length > 0 ? uri : null;
}
