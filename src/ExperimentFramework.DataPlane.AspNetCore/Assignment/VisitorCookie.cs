using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace ExperimentFramework.DataPlane.AspNetCore;

/// <summary>
/// The cookie that identifies an anonymous visitor across requests. Its value is a random id protected by ASP.NET data
/// protection, so a client cannot forge an id, use another visitor's, or read one.
/// </summary>
internal sealed partial class VisitorCookie : IDisposable
{
    /// <summary>The maximum length of a cookie value; a longer one is rejected without decryption.</summary>
    private const int MaxValueLength = 1_024;

    /// <summary>The maximum number of cookies with our name that are read per request.</summary>
    private const int MaxCandidates = 8;

    private readonly HttpSubjectOptions _options;
    private readonly IDataProtector _protector;
    private readonly CookieSecurity _security;
    private readonly RefusedCookies _rejected;
    private readonly NonThrowingLogger _logger;

    /// <summary>By connection, and not in its items: servers create that dictionary on first use, which parallel requests make twice.</summary>
    private readonly ConditionalWeakTable<IConnectionItemsFeature, VisitorTicket> _byConnection = [];
    private int _hasLoggedAutomated;

    public VisitorCookie(
        IDataProtectionProvider protection, IOptions<HttpSubjectOptions> options, CookieSecurity security, TimeProvider time, ILoggerFactory loggers)
    {
        _options = options.Value;
        _protector = protection.CreateProtector("ExperimentFramework.DataPlane.AspNetCore.VisitorCookie.v1");
        _security = security;
        _logger = NonThrowingLogger.Of(loggers.CreateLogger(DataPlaneLogCategories.Assignment));
        _rejected = new RefusedCookies(_options.CookieName, _protector, time, _logger);
    }

    /// <summary>
    /// Returns the visitor identified by the browser's cookie; null if there is none, the request is automated, or consent was withdrawn. Deletes
    /// a rejected cookie: a signed-in user is assigned no new one in its place, so the browser would send it for as long as it lasts.
    /// </summary>
    public VisitorTicket? Find(HttpContext context)
    {
        var visit = VisitOf(context);
        if (visit is { IsRejected: true, Ticket: null } && !HasStarted(context) && visit.TryReplace())
        {
            Delete(context);
        }

        return visit.FromRequest;
    }

    /// <summary>Returns the visitor's id, the same throughout the request; null if there is none and none can be assigned.</summary>
    public string? IdOf(HttpContext context)
    {
        var visit = VisitOf(context);
        visit.ThrowIfFailed();
        if (visit.Ticket is null && MayBeSet(context) && !HasStarted(context) && !IsAutomated(context))
        {
            Assign(context, visit);
        }

        return visit.Ticket?.Id;
    }

    /// <summary>Replaces the cookie of the same visitor, at most once per request.</summary>
    public void Replace(HttpContext context, VisitorTicket ticket)
    {
        if (!HasStarted(context) && VisitOf(context).TryReplace())
        {
            Append(context, _protector.Protect(ticket.ToString()));
            ForbidCaching(context);
        }
    }

    public void Dispose() => _rejected.Dispose();

    private VisitorVisit VisitOf(HttpContext context)
    {
        if (RequestState.TryGet<VisitorVisit>(context, this, out var existing))
        {
            return existing;
        }

        // Variants may run concurrently within one request, and all of them belong to one visitor, so they all use the visit that is stored first.
        var visit = IsAutomated(context) || !MayBeRead(context) ? new VisitorVisit(null, isRejected: false) : Read(RequestState.Get(context, static context => context.Request.Headers).Cookie);
        return RequestState.GetOrAdd(context, this, visit);
    }

    /// <summary>Assigns an id, unless the browser would not send it back and therefore be another subject at each request.</summary>
    private void Assign(HttpContext context, VisitorVisit visit)
    {
        try
        {
            // Before the id is assigned, because data protection throws while its keys are unavailable.
            var ticket = (_options.OneVisitorPerConnection ? OfConnection(context) : null) ?? VisitorTicket.Create();
            var value = _protector.Protect(ticket.ToString());
            if (visit.TryAssign(ticket))
            {
                Issue(context, visit, value);
            }
        }
        catch (Exception exception)
        {
            visit.Fail(exception);
            throw;
        }
    }

    private void Issue(HttpContext context, VisitorVisit visit, string value)
    {
        Append(context, value);
        if (!IsInResponse(context))
        {
            // The application's cookie policy has rejected the cookie.
            visit.Unassign();
            return;
        }

        ForbidCaching(context);
        context.Response.OnStarting(
            static state =>
            {
                // An error handler may have cleared the headers after the id was used, so append the cookie again.
                var (cookie, context, value) = ((VisitorCookie, HttpContext, string))state;
                if (!cookie.IsInResponse(context))
                {
                    cookie.Append(context, value);
                }

                ForbidCaching(context);
                return Task.CompletedTask;
            },
            (this, context, value));
    }

    /// <summary>
    /// Returns the visitor of the connection; null if the server does not expose its connections. Over HTTP/3 Kestrel exposes the streams instead, each of
    /// which is a request.
    /// </summary>
    private VisitorTicket? OfConnection(HttpContext context) =>
        RequestState.Get(context, static context => context.Features.Get<IConnectionItemsFeature>()) is { } connection ? _byConnection.GetValue(connection, static _ => VisitorTicket.Create()) : null;

    private void Append(HttpContext context, string value)
    {
        var cookie = Description(context);
        cookie.MaxAge = _options.CookieLifetime;
        RequestState.Get(context, static context => context.Response.Cookies).Append(_options.CookieName!, value, cookie);
    }

    private void Delete(HttpContext context)
    {
        RequestState.Get(context, static context => context.Response.Cookies).Delete(_options.CookieName!, Description(context));
        ForbidCaching(context);
    }

    /// <summary>Keeps shared caches from giving one visitor's cookie to everybody, unless the application has decided how the response is cached.</summary>
    private static void ForbidCaching(HttpContext context)
    {
        var headers = ResponseHeaders(context);
        if (StringValues.IsNullOrEmpty(headers.CacheControl))
        {
            headers.CacheControl = "no-cache, no-store";
            headers.Pragma = "no-cache";
        }
    }

    private CookieOptions Description(HttpContext context)
    {
        var isSecure = _security.IsSecure(context, _options.CookieName!);
        return new CookieOptions
        {
            HttpOnly = true,
            Secure = isSecure,

            // Browsers reject SameSite=None without Secure.
            SameSite = !isSecure && _options.CookieSameSite == Microsoft.AspNetCore.Http.SameSiteMode.None
                ? Microsoft.AspNetCore.Http.SameSiteMode.Lax
                : _options.CookieSameSite,
            Domain = _options.CookieDomain,
            Path = _options.CookiePath,
            IsEssential = _options.CookieIsEssential,
        };
    }

    private static bool HasStarted(HttpContext context) => RequestState.Get(context, static context => context.Response.HasStarted);

    private static IHeaderDictionary ResponseHeaders(HttpContext context) => RequestState.Get(context, static context => context.Response.Headers);

    private bool IsInResponse(HttpContext context) =>
        ResponseHeaders(context).SetCookie.Any(cookie => cookie?.StartsWith(_options.CookieName + "=", StringComparison.Ordinal) == true);

    private bool MayBeSet(HttpContext context) =>
        _options.CookieIsEssential || RequestState.Get(context, static context => context.Features.Get<ITrackingConsentFeature>()) is null or { CanTrack: true };

    /// <summary>Returns whether there is consent. If it was withdrawn, the existing cookie is deleted and no longer identifies the visitor.</summary>
    private bool MayBeRead(HttpContext context)
    {
        if (MayBeSet(context))
        {
            return true;
        }

        if (RequestState.Get(context, static context => context.Request.Cookies).ContainsKey(_options.CookieName!) && !HasStarted(context))
        {
            Delete(context);
        }

        return false;
    }

    /// <summary>
    /// Reads the first valid cookie with our name. A browser sends several if they were set for several domains or paths: the longest path
    /// first, and among equal paths the oldest.
    /// </summary>
    private VisitorVisit Read(StringValues headers)
    {
        if (!CookieHeaderValue.TryParseList(headers, out var cookies))
        {
            return new VisitorVisit(null, isRejected: false);
        }

        var isRejected = false;
        foreach (var cookie in cookies.Where(cookie => cookie.Name == _options.CookieName && cookie.Value.Length > 0).Take(MaxCandidates))
        {
            if (Read(cookie.Value.ToString()) is { } ticket)
            {
                return new VisitorVisit(ticket, isRejected);
            }

            isRejected = true;
        }

        return new VisitorVisit(null, isRejected);
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

        _rejected.Add(value);
        return null;
    }

    private bool IsAutomated(HttpContext context)
    {
        if (_options.IsAutomatedRequest?.Invoke(context) != true)
        {
            return false;
        }

        if (Interlocked.Exchange(ref _hasLoggedAutomated, 1) == 0)
        {
            LogAutomated();
        }

        return true;
    }

    [LoggerMessage(84, LogLevel.Information,
        "A request was recognized as automated by its User-Agent, so its subject is unknown. Set HttpSubjectOptions.IsAutomatedRequest to change this. Logged only once.", EventName = "AutomatedRequest")]
    private partial void LogAutomated();
}
