using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace ExperimentFramework.DataPlane.AspNetCore;

/// <summary>
/// Recognizes requests made by programs on their own: crawlers, health probes, uptime monitors, link previews and command-line
/// clients. They keep no cookies, so each of their requests would count as another visitor.
/// </summary>
public static class AutomatedRequests
{
    /// <summary>The number of characters of the header that are searched.</summary>
    private const int MaxSearched = 512;

    private static readonly SearchValues<string> Products = SearchValues.Create(
        [
            "crawl", "spider", "slurp", "facebookexternalhit", "mediapartners-google", "google-inspectiontool", "ia_archiver",
            "chatgpt-user", "anthropic-ai", "whatsapp/", "uripreview", "link preview", "lighthouse",
            "kube-probe", "healthcheck", "health-check", "health check", "health probe", "googlehc", "uptime", "pingdom", "monitoring", "statuscake", "site24x7", "newrelicpinger", "datadog",
            "nagios", "check_http", "zabbix", "prometheus", "blackbox exporter", "alwayson", "readyforrequest", "load balancer agent",
            "envoy/hc", "haproxy",
            "curl/", "wget/", "python-requests", "python-urllib", "aiohttp", "python-httpx", "go-http-client", "apache-httpclient",
            "libwww-perl",
        ],
        StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Returns whether the <c>User-Agent</c> header names a known program: a word that ends in <c>bot</c>, or one of the products
    /// listed in docs/how-to/identify-web-visitors.md. A request without the header is not recognized, because applications' own clients often send none.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <returns>True if the request identifies itself as made by a program.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="context"/> is null.</exception>
    public static bool IsKnown(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        ReadOnlySpan<char> agent = RequestState.Get(context, static context => context.Request.Headers).UserAgent.ToString();
        agent = agent[..Math.Min(agent.Length, MaxSearched)];
        return agent.ContainsAny(Products) || NamesBot(agent);
    }

    /// <summary>Returns whether a word ends in "bot", such as Googlebot; Cubot is a brand of phones.</summary>
    private static bool NamesBot(ReadOnlySpan<char> agent)
    {
        for (var rest = agent; rest.IndexOf("bot", StringComparison.OrdinalIgnoreCase) is >= 0 and var at; rest = rest[(at + 3)..])
        {
            var endsWord = at + 3 == rest.Length || !char.IsAsciiLetter(rest[at + 3]);
            if (endsWord && !rest[..at].EndsWith("cu", StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
