using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace ExperimentFramework.DataPlane.AspNetCore;

/// <summary>
/// Where a request's subject and tenant come from. The sources of the subject are asked in the order in which they stand here; the
/// first that knows it answers. Checked at start-up.
/// </summary>
public sealed class HttpSubjectOptions
{
    /// <summary>
    /// The claim of the signed-in user that holds the subject's id; null leaves users out. Default:
    /// <see cref="ClaimTypes.NameIdentifier"/>.
    /// </summary>
    public string? UserClaim { get; set; } = ClaimTypes.NameIdentifier;

    /// <summary>The type of a subject that a claim names. Default: <c>user</c>.</summary>
    public string UserSubjectType { get; set; } = "user";

    /// <summary>
    /// The request header that holds the subject's id; null for none. Anybody can send a header: name one only where a gateway of
    /// your own sets it and takes out those of clients. Default: null.
    /// </summary>
    public string? Header { get; set; }

    /// <summary>The type of a subject that a header names. Default: <c>device</c>.</summary>
    public string HeaderSubjectType { get; set; } = "device";

    /// <summary>
    /// The name of the first-party cookie that keeps an anonymous visitor's id; null leaves anonymous visitors out. It is made when
    /// the subject is first asked for, protected by ASP.NET data protection, <c>HttpOnly</c> and <c>Secure</c> (over plain http not
    /// <c>Secure</c> in the environment Development); one that is forged or damaged is replaced. Default: <c>dataplane-visitor</c>.
    /// </summary>
    public string? CookieName { get; set; } = "dataplane-visitor";

    /// <summary>The type of a subject that the cookie names. Default: <c>visitor</c>.</summary>
    public string VisitorSubjectType { get; set; } = "visitor";

    /// <summary>
    /// How long a browser keeps the cookie: more than zero and at most 400 days, the most that browsers keep
    /// (draft-ietf-httpbis-rfc6265bis, section 5.5). Default: 365 days.
    /// </summary>
    public TimeSpan CookieLifetime { get; set; } = TimeSpan.FromDays(365);

    /// <summary>Which requests from other sites carry the cookie. Default: <see cref="SameSiteMode.Lax"/>.</summary>
    public SameSiteMode CookieSameSite { get; set; } = SameSiteMode.Lax;

    /// <summary>The cookie's domain; null for the host that set it alone. Default: null.</summary>
    public string? CookieDomain { get; set; }

    /// <summary>The cookie's path. Default: <c>/</c>.</summary>
    public string CookiePath { get; set; } = "/";

    /// <summary>
    /// Whether the cookie is set without consent, where the application asks for consent by ASP.NET's cookie policy. Without
    /// consent the visitor is an unknown subject. Default: false.
    /// </summary>
    public bool CookieIsEssential { get; set; }

    /// <summary>
    /// Who the subject is once a visitor with a cookie has signed in. Default: <see cref="SignedInVisitors.BecomeUsers"/>.
    /// </summary>
    public SignedInVisitors SignedInVisitors { get; set; } = SignedInVisitors.BecomeUsers;

    /// <summary>
    /// Recognizes the requests of programs, which are never visitors, with or without a cookie: an unknown subject. Null for none.
    /// Default: <see cref="AutomatedRequests.IsKnown"/>.
    /// </summary>
    public Func<HttpContext, bool>? IsAutomatedRequest { get; set; } = AutomatedRequests.IsKnown;

    /// <summary>
    /// Whether requests without a cookie on one connection are one visitor, such as the first ones of a page, which a browser sends at
    /// once over one HTTP/2 or HTTP/3 connection. Set it only if browsers connect to this application directly: a proxy sends the requests
    /// of many people over one connection, and they would become one subject. Default: false.
    /// </summary>
    public bool OneVisitorPerConnection { get; set; }

    /// <summary>The claim that holds the tenant; null for none. Asked before <see cref="TenantRouteValue"/>. Default: null.</summary>
    public string? TenantClaim { get; set; }

    /// <summary>The route value that holds the tenant; null for none. Default: null.</summary>
    public string? TenantRouteValue { get; set; }
}
