using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.AspNetCore;

/// <summary>
/// The cookie that makes an anonymous visitor the same subject over requests. Its value is a random id under ASP.NET data
/// protection, so nobody can make up an id, take another visitor's, or read one.
/// </summary>
internal sealed partial class VisitorCookie
{
    private const int IdBytes = 16;

    private readonly HttpSubjectOptions _options;
    private readonly IDataProtector _protector;
    private readonly ILogger<VisitorCookie> _logger;

    public VisitorCookie(IDataProtectionProvider protection, IOptions<HttpSubjectOptions> options, ILogger<VisitorCookie> logger)
    {
        _options = options.Value;
        _protector = protection.CreateProtector("ExperimentFramework.DataPlane.AspNetCore.VisitorCookie.v1");
        _logger = logger;
    }

    /// <summary>The visitor's id, the same throughout the request; null where there is none and none can be given.</summary>
    public string? IdOf(HttpContext context)
    {
        // Variants may run at once within one request, and all of them belong to one visitor.
        lock (context.Items)
        {
            if (context.Items.TryGetValue(this, out var known))
            {
                return (string?)known;
            }

            var id = Read(context.Request) ?? Create(context);
            context.Items[this] = id;
            return id;
        }
    }

    private string? Read(HttpRequest request)
    {
        if (request.Cookies[_options.CookieName!] is not { Length: > 0 } value)
        {
            return null;
        }

        try
        {
            return _protector.Unprotect(value);
        }
        catch (CryptographicException exception)
        {
            LogReplaced(_options.CookieName!, exception);
            return null;
        }
    }

    /// <summary>An id that the browser would not send back would be another subject at each request: then there is none.</summary>
    private string? Create(HttpContext context)
    {
        var mayBeSet = _options.CookieIsEssential || context.Features.Get<ITrackingConsentFeature>() is null or { CanTrack: true };
        if (!mayBeSet || context.Response.HasStarted)
        {
            return null;
        }

        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes));
        context.Response.Cookies.Append(_options.CookieName!, _protector.Protect(id), new CookieOptions
        {
            HttpOnly = true,
            Secure = true,
            SameSite = _options.CookieSameSite,
            Domain = _options.CookieDomain,
            Path = _options.CookiePath,
            MaxAge = _options.CookieLifetime,
            IsEssential = _options.CookieIsEssential,
        });
        return id;
    }

    [LoggerMessage(80, LogLevel.Information,
        "Cookie {Cookie} is replaced: it was not made by this application, was damaged, or the keys of data protection that it was made with are gone.")]
    private partial void LogReplaced(string cookie, Exception exception);
}
