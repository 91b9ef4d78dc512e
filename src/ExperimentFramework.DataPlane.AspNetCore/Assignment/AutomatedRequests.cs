using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace ExperimentFramework.DataPlane.AspNetCore;

/// <summary>
/// Recognizes requests that programs make without a person behind them: crawlers, health probes, uptime monitors, link previews
/// and command-line clients. They keep no cookies, so each of their requests would be another visitor.
/// </summary>
public static class AutomatedRequests
{
    /// <summary>How many characters of the header are searched.</summary>
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
    /// Whether the <c>User-Agent</c> header names a known program: a word that ends in <c>bot</c>, or one of the products that
    /// docs/how-to/identify-web-visitors.md lists. A request without the header is not recognized, because applications' own clients send none.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <returns>True if a program made the request, as far as it says so.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="context"/> is null.</exception>
    public static bool IsKnown(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        ReadOnlySpan<char> agent = context.Request.Headers.UserAgent.ToString();
        agent = agent[..Math.Min(agent.Length, MaxSearched)];
        return agent.ContainsAny(Products) || NamesBot(agent);
    }

    /// <summary>A word that ends in "bot", such as Googlebot; Cubot makes telephones.</summary>
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
