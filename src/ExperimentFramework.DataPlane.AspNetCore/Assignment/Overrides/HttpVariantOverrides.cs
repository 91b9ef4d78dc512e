using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.AspNetCore;

/// <summary>Finds the variant overrides in the current request's tokens: in the query, else in a header, else in the cookie.</summary>
internal sealed partial class HttpVariantOverrides : IVariantOverrideProvider, IDisposable
{
    /// <summary>The maximum number of tokens read per request.</summary>
    private const int MaxTokens = 8;

    /// <summary>The maximum length of the cookie's tokens, in characters; browsers reject cookies over 4,096 bytes.</summary>
    private const int MaxCookieLength = 3_500;

    /// <summary>Separates tokens in the cookie; never part of a token.</summary>
    private const char Separator = '.';

    private readonly IHttpContextAccessor _accessor;
    private readonly VariantOverrideTokens _tokens;
    private readonly CookieSecurity _security;
    private readonly HttpVariantOverrideOptions _options;
    private readonly RefusalCounter _refused;
    private readonly NonThrowingLogger _logger;

    public HttpVariantOverrides(
        IHttpContextAccessor accessor,
        VariantOverrideTokens tokens,
        CookieSecurity security,
        IOptions<HttpVariantOverrideOptions> options,
        TimeProvider time,
        ILoggerFactory loggers)
    {
        _accessor = accessor;
        _tokens = tokens;
        _security = security;
        _options = options.Value;
        _logger = NonThrowingLogger.Of(loggers.CreateLogger(DataPlaneLogCategories.Assignment));
        _refused = new RefusalCounter(time, LogRefused);
    }

    public string? FindVariant(string experimentName)
    {
        if (_accessor.HttpContext is not { } context)
        {
            return null;
        }

        foreach (var variantOverride in Of(context))
        {
            if (variantOverride.ExperimentName == experimentName)
            {
                return variantOverride.VariantKey;
            }
        }

        return null;
    }

    /// <summary>Stores a link's tokens in the cookie, so that later requests get the same variants. An empty parameter deletes the cookie.</summary>
    public void StoreInCookie(HttpContext context)
    {
        if (_options.CookieName is not { } cookie || _options.QueryParameter is not { } parameter || !RequestState.Get(context, static context => context.Request.Query).TryGetValue(parameter, out var values))
        {
            return;
        }

        var overrides = Of(context);
        var description = new CookieOptions { HttpOnly = true, Secure = _security.IsSecure(context, cookie), SameSite = SameSiteMode.Lax, IsEssential = true };
        if (values.All(string.IsNullOrEmpty))
        {
            RequestState.Get(context, static context => context.Response.Cookies).Delete(cookie, description);
        }
        else if (overrides.Count > 0)
        {
            // The link's own token comes first, and the oldest tokens are dropped.
            var length = 0;
            var stored = overrides.TakeWhile(one => (length += one.Token.Length + 1) <= MaxCookieLength).ToArray();
            description.Expires = stored.Max(one => one.ExpiresAt);
            RequestState.Get(context, static context => context.Response.Cookies).Append(cookie, string.Join(Separator, stored.Select(one => one.Token)), description);
        }
    }

    public void Dispose() => _refused.Dispose();

    private List<VariantOverride> Of(HttpContext context) =>
        RequestState.TryGet<List<VariantOverride>>(context, this, out var known) ? known : RequestState.GetOrAdd(context, this, Read(context));

    /// <summary>Reads the tokens. The first one for an experiment takes precedence. An empty query parameter disables the cookie's tokens.</summary>
    private List<VariantOverride> Read(HttpContext context)
    {
        List<VariantOverride>? read = null;
        foreach (var token in TokensOf(context).Take(MaxTokens))
        {
            if (_tokens.Read(token) is not { } variantOverride)
            {
                _refused.Add();
            }
            else if (read is null || read.TrueForAll(other => other.ExperimentName != variantOverride.ExperimentName))
            {
                (read ??= []).Add(variantOverride);
            }
        }

        return read is null ? [] : read;
    }

    private IEnumerable<string> TokensOf(HttpContext context)
    {
        var query = _options.QueryParameter is { } parameter ? RequestState.Get(context, static context => context.Request.Query)[parameter] : default;
        var header = _options.Header is { } name ? RequestState.Get(context, static context => context.Request.Headers)[name] : default;
        var isCookieDisabled = query.Count > 0 && query.All(string.IsNullOrEmpty);
        var cookie = _options.CookieName is { } cookieName && !isCookieDisabled ? RequestState.Get(context, static context => context.Request.Cookies)[cookieName]?.Split(Separator, MaxTokens + 1) : null;
        return query.Concat(header).Concat(cookie ?? []).OfType<string>().Where(token => token.Length > 0);
    }

    [LoggerMessage(87, LogLevel.Warning,
        "Variant override tokens were rejected: expired, damaged, or created with other data protection keys. Rejected since the last report: {Count}. Reported at most once a minute.", EventName = "VariantTokensRefused")]
    private partial void LogRefused(long count);
}
