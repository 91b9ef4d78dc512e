using System.Security.Cryptography;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace ExperimentFramework.DataPlane.AspNetCore;

/// <summary>
/// The cookie that makes an anonymous visitor the same subject over requests. Its value is a random id under ASP.NET data
/// protection, so nobody can make up an id, take another visitor's, or read one.
/// </summary>
internal sealed partial class VisitorCookie
{
    /// <summary>Longer than any cookie of ours: a longer one is not decrypted.</summary>
    private const int MaxValueLength = 1_024;

    /// <summary>How many cookies of our name are looked at in a request.</summary>
    private const int MaxCandidates = 8;

    private readonly HttpSubjectOptions _options;
    private readonly IDataProtector _protector;
    private readonly CookieSecurity _security;
    private readonly RefusedCookies _refused;
    private readonly NonThrowingLogger _logger;
    private int _hasSaidAutomated;

    public VisitorCookie(
        IDataProtectionProvider protection, IOptions<HttpSubjectOptions> options, CookieSecurity security, TimeProvider time, ILoggerFactory loggers)
    {
        _options = options.Value;
        _protector = protection.CreateProtector("ExperimentFramework.DataPlane.AspNetCore.VisitorCookie.v1");
        _security = security;
        _logger = NonThrowingLogger.Of(loggers.CreateLogger(DataPlaneLogCategories.Assignment));
        _refused = new RefusedCookies(_protector, time, _logger);
    }

    /// <summary>The visitor that the browser's cookie names; null if it names none, a program made the request, or consent was withdrawn.</summary>
    public VisitorTicket? Find(HttpContext context) => VisitOf(context).Brought;

    /// <summary>The visitor's id, the same throughout the request; null where there is none and none can be given.</summary>
    public string? IdOf(HttpContext context)
    {
        var visit = VisitOf(context);
        if (visit.Ticket is null && MayBeSet(context) && !context.Response.HasStarted && !IsAutomated(context))
        {
            Give(context, visit);
        }

        return visit.Ticket?.Id;
    }

    /// <summary>Replaces what the browser's cookie says of the same visitor, once in a request.</summary>
    public void Replace(HttpContext context, VisitorTicket ticket)
    {
        if (!context.Response.HasStarted && VisitOf(context).TryReplace())
        {
            Append(context, ticket);
        }
    }

    private VisitorVisit VisitOf(HttpContext context)
    {
        var items = context.Items;
        lock (items)
        {
            if (items.TryGetValue(this, out var known))
            {
                return (VisitorVisit)known!;
            }
        }

        // Outside the lock, because data protection and consent are not ours. Variants may run at once within one request, and all of them
        // belong to one visitor: the first visit noted is everybody's.
        var visit = new VisitorVisit(IsAutomated(context) || !MayBeRead(context) ? null : Read(context.Request));
        lock (items)
        {
            if (items.TryGetValue(this, out var known))
            {
                return (VisitorVisit)known!;
            }

            items[this] = visit;
            return visit;
        }
    }

    /// <summary>An id that the browser would not send back would be another subject at each request: then there is none.</summary>
    private void Give(HttpContext context, VisitorVisit visit)
    {
        var ticket = (_options.OneVisitorPerConnection ? OfConnection(context) : null) ?? VisitorTicket.Create();
        if (!visit.TryGive(ticket))
        {
            return;
        }

        Append(context, ticket);
        if (!IsInResponse(context.Response))
        {
            // A cookie policy of the application has refused it.
            visit.TakeBack();
            return;
        }

        context.Response.OnStarting(
            static state =>
            {
                // An error handler clears the headers; the id has been counted by then.
                var (cookie, context, ticket) = ((VisitorCookie, HttpContext, VisitorTicket))state;
                if (!cookie.IsInResponse(context.Response))
                {
                    cookie.Append(context, ticket);
                }

                return Task.CompletedTask;
            },
            (this, context, ticket));
    }

    /// <summary>The visitor of the connection; null if the server does not say which connection that is.</summary>
    private VisitorTicket? OfConnection(HttpContext context)
    {
        if (context.Features.Get<IConnectionItemsFeature>()?.Items is not { } items)
        {
            return null;
        }

        var created = VisitorTicket.Create();
        lock (items)
        {
            if (!items.TryGetValue(this, out var known))
            {
                items[this] = known = created;
            }

            return (VisitorTicket)known!;
        }
    }

    private void Append(HttpContext context, VisitorTicket ticket)
    {
        var cookie = Description(context);
        cookie.MaxAge = _options.CookieLifetime;
        context.Response.Cookies.Append(_options.CookieName!, _protector.Protect(ticket.ToString()), cookie);
    }

    private CookieOptions Description(HttpContext context)
    {
        var isSecure = _security.IsSecure(context, _options.CookieName!);
        return new CookieOptions
        {
            HttpOnly = true,
            Secure = isSecure,

            // Browsers refuse None without Secure.
            SameSite = !isSecure && _options.CookieSameSite == Microsoft.AspNetCore.Http.SameSiteMode.None
                ? Microsoft.AspNetCore.Http.SameSiteMode.Lax
                : _options.CookieSameSite,
            Domain = _options.CookieDomain,
            Path = _options.CookiePath,
            IsEssential = _options.CookieIsEssential,
        };
    }

    private bool IsInResponse(HttpResponse response) =>
        response.Headers.SetCookie.Any(cookie => cookie?.StartsWith(_options.CookieName + "=", StringComparison.Ordinal) == true);

    private bool MayBeSet(HttpContext context) =>
        _options.CookieIsEssential || context.Features.Get<ITrackingConsentFeature>() is null or { CanTrack: true };

    /// <summary>Whether there is consent. A cookie from when there was is deleted, and names nobody any more.</summary>
    private bool MayBeRead(HttpContext context)
    {
        if (MayBeSet(context))
        {
            return true;
        }

        if (context.Request.Cookies.ContainsKey(_options.CookieName!) && !context.Response.HasStarted)
        {
            context.Response.Cookies.Delete(_options.CookieName!, Description(context));
        }

        return false;
    }

    /// <summary>
    /// The first of the cookies of our name that is ours. A browser sends several if they were set for several domains or paths, the one
    /// of the longest path first and among equals the oldest.
    /// </summary>
    private VisitorTicket? Read(HttpRequest request)
    {
        if (!CookieHeaderValue.TryParseList(request.Headers.Cookie, out var cookies))
        {
            return null;
        }

        foreach (var cookie in cookies.Where(cookie => cookie.Name == _options.CookieName && cookie.Value.Length > 0).Take(MaxCandidates))
        {
            if (Read(cookie.Value.ToString()) is { } ticket)
            {
                return ticket;
            }
        }

        return null;
    }

    private VisitorTicket? Read(string value)
    {
        try
        {
            if (value.Length <= MaxValueLength && VisitorTicket.Parse(_protector.Unprotect(value)) is { } ticket)
            {
                return ticket;
            }
        }
        catch (CryptographicException)
        {
        }

        _refused.Add(_options.CookieName!, value);
        return null;
    }

    private bool IsAutomated(HttpContext context)
    {
        if (_options.IsAutomatedRequest?.Invoke(context) != true)
        {
            return false;
        }

        if (Interlocked.Exchange(ref _hasSaidAutomated, 1) == 0)
        {
            LogAutomated();
        }

        return true;
    }

    [LoggerMessage(84, LogLevel.Information,
        "A request was recognized as a program's by its User-Agent, so it has no visitor id and its subject is unknown. HttpSubjectOptions.IsAutomatedRequest decides; this is said once.", EventName = "AutomatedRequest")]
    private partial void LogAutomated();
}
