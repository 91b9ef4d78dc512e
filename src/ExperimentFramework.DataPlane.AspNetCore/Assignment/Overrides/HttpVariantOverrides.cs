using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.AspNetCore;

/// <summary>The variants that the current request names by tokens: in its query, else in a header, else in its cookie.</summary>
internal sealed partial class HttpVariantOverrides(
    IHttpContextAccessor accessor,
    VariantOverrideTokens tokens,
    CookieSecurity security,
    IOptions<HttpVariantOverrideOptions> options,
    TimeProvider time,
    ILoggerFactory loggers) : IVariantOverrideProvider
{
    /// <summary>How many tokens of a request are read.</summary>
    private const int MaxTokens = 8;

    /// <summary>How many characters of tokens a cookie keeps; browsers refuse a cookie of more than 4,096 bytes.</summary>
    private const int MaxCookieLength = 3_500;

    /// <summary>Stands in no token.</summary>
    private const char Separator = '.';

    private readonly HttpVariantOverrideOptions _options = options.Value;
    private readonly RefusalCounter _refused = new(time);
    private readonly NonThrowingLogger _logger = NonThrowingLogger.Of(loggers.CreateLogger(DataPlaneLogCategories.Assignment));

    public string? FindVariant(string experimentName)
    {
        if (accessor.HttpContext is not { } context)
        {
            return null;
        }

        foreach (var named in Of(context))
        {
            if (named.ExperimentName == experimentName)
            {
                return named.VariantKey;
            }
        }

        return null;
    }

    /// <summary>Keeps the tokens of a link in the cookie, so that the pages after it see the same variants. An empty parameter ends that.</summary>
    public void Keep(HttpContext context)
    {
        if (_options.CookieName is not { } cookie || _options.QueryParameter is not { } parameter || !context.Request.Query.TryGetValue(parameter, out var values))
        {
            return;
        }

        var named = Of(context);
        var description = new CookieOptions { HttpOnly = true, Secure = security.IsSecure(context, cookie), SameSite = SameSiteMode.Lax, IsEssential = true };
        if (values.All(string.IsNullOrEmpty))
        {
            context.Response.Cookies.Delete(cookie, description);
        }
        else if (named.Count > 0)
        {
            // The link's own token is the first, and the oldest ones go.
            var length = 0;
            var kept = named.TakeWhile(one => (length += one.Token.Length + 1) <= MaxCookieLength).ToArray();
            description.Expires = kept.Max(one => one.ExpiresAt);
            context.Response.Cookies.Append(cookie, string.Join(Separator, kept.Select(one => one.Token)), description);
        }
    }

    private List<VariantOverride> Of(HttpContext context)
    {
        var items = context.Items;
        lock (items)
        {
            if (items.TryGetValue(this, out var known))
            {
                return (List<VariantOverride>)known!;
            }
        }

        var read = Read(context.Request);
        lock (items)
        {
            items[this] = read;
        }

        return read;
    }

    /// <summary>The first token of an experiment counts. An empty query parameter ends what the cookie keeps.</summary>
    private List<VariantOverride> Read(HttpRequest request)
    {
        List<VariantOverride>? read = null;
        foreach (var token in TokensOf(request).Take(MaxTokens))
        {
            if (tokens.Read(token) is not { } named)
            {
                if (_refused.Add() is > 0 and var count)
                {
                    LogRefused(count);
                }
            }
            else if (read is null || read.TrueForAll(other => other.ExperimentName != named.ExperimentName))
            {
                (read ??= []).Add(named);
            }
        }

        return read is null ? [] : read;
    }

    private IEnumerable<string> TokensOf(HttpRequest request)
    {
        var query = _options.QueryParameter is { } parameter ? request.Query[parameter] : default;
        var header = _options.Header is { } name ? request.Headers[name] : default;
        var isEnded = query.Count > 0 && query.All(string.IsNullOrEmpty);
        var cookie = _options.CookieName is { } cookieName && !isEnded ? request.Cookies[cookieName]?.Split(Separator, MaxTokens + 1) : null;
        return query.Concat(header).Concat(cookie ?? []).OfType<string>().Where(token => token.Length > 0);
    }

    [LoggerMessage(87, LogLevel.Warning,
        "{Count} tokens for a variant were refused: they have expired, are damaged, or were not made with the data protection keys of this application. Counted for a minute at a time.", EventName = "VariantTokensRefused")]
    private partial void LogRefused(long count);
}
