using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace ExperimentFramework.DataPlane.AspNetCore;

/// <summary>
/// Configures where a request's subject and tenant come from. The sources of the subject are tried in order: claim, header, cookie; the
/// first one with a value is used. Validated at start-up.
/// </summary>
public sealed class HttpSubjectOptions
{
    /// <summary>
    /// Gets or sets the claim of the signed-in user that contains the subject's id; null to ignore users. Default:
    /// <see cref="ClaimTypes.NameIdentifier"/>.
    /// </summary>
    public string? UserClaim { get; set; } = ClaimTypes.NameIdentifier;

    /// <summary>Gets or sets the type of a subject identified by a claim. Default: <c>user</c>.</summary>
    public string UserSubjectType { get; set; } = "user";

    /// <summary>
    /// Gets or sets the request header that contains the subject's id; null for none. Any client can send a header, so set this only if your
    /// own gateway sets the header and removes it from client requests. Default: null.
    /// </summary>
    public string? Header { get; set; }

    /// <summary>Gets or sets the type of a subject identified by the header. Default: <c>device</c>.</summary>
    public string HeaderSubjectType { get; set; } = "device";

    /// <summary>
    /// Gets or sets the name of the first-party cookie that contains an anonymous visitor's id; null to ignore anonymous visitors. The cookie is
    /// created when the subject is first requested, protected by ASP.NET data protection, <c>HttpOnly</c> and <c>Secure</c> (except over plain HTTP
    /// in the environment Development). A forged or damaged cookie is replaced, or deleted if a user has signed in. Default: <c>dataplane-visitor</c>.
    /// </summary>
    public string? CookieName { get; set; } = "dataplane-visitor";

    /// <summary>Gets or sets the type of a subject identified by the cookie. Default: <c>visitor</c>.</summary>
    public string VisitorSubjectType { get; set; } = "visitor";

    /// <summary>
    /// Gets or sets how long a browser keeps the cookie: more than zero and at most 400 days, the limit of browsers
    /// (draft-ietf-httpbis-rfc6265bis, section 5.5). Default: 365 days.
    /// </summary>
    public TimeSpan CookieLifetime { get; set; } = TimeSpan.FromDays(365);

    /// <summary>Gets or sets the cookie's <c>SameSite</c> mode: Lax, Strict or None. Default: <see cref="SameSiteMode.Lax"/>.</summary>
    public SameSiteMode CookieSameSite { get; set; } = SameSiteMode.Lax;

    /// <summary>Gets or sets the cookie's domain, a host name such as <c>shop.example</c>; null for only the host that set it. Default: null.</summary>
    public string? CookieDomain { get; set; }

    /// <summary>Gets or sets the cookie's path, which must begin with a slash. Default: <c>/</c>.</summary>
    public string CookiePath { get; set; } = "/";

    /// <summary>
    /// Gets or sets whether the cookie is set without consent if the application requires consent through ASP.NET's cookie policy. Without
    /// consent the visitor is an unknown subject. Default: false.
    /// </summary>
    public bool CookieIsEssential { get; set; }

    /// <summary>
    /// Gets or sets who the subject is after a visitor with a cookie has signed in. Default: <see cref="SignedInVisitors.BecomeUsers"/>.
    /// </summary>
    public SignedInVisitors SignedInVisitors { get; set; } = SignedInVisitors.BecomeUsers;

    /// <summary>
    /// Gets or sets the predicate that recognizes automated requests, which are never visitors, with or without a cookie: their subject is
    /// unknown. Null to recognize none. Default: <see cref="AutomatedRequests.IsKnown"/>.
    /// </summary>
    public Func<HttpContext, bool>? IsAutomatedRequest { get; set; } = AutomatedRequests.IsKnown;

    /// <summary>
    /// Gets or sets whether requests without a cookie on the same HTTP/1.1 or HTTP/2 connection belong to one visitor, such as the first requests
    /// of a page, which a browser sends in parallel over one HTTP/2 connection. Has no effect on parallel requests over HTTP/3, whose connections
    /// Kestrel does not expose. Enable this only if browsers connect to this application directly: a proxy sends the requests of many people over
    /// one connection, and they would become one subject. Default: false.
    /// </summary>
    public bool OneVisitorPerConnection { get; set; }

    /// <summary>
    /// Gets or sets the claim that contains the tenant id; null for none. Takes precedence over <see cref="TenantRouteValue"/>. Default: null.
    /// </summary>
    public string? TenantClaim { get; set; }

    /// <summary>Gets or sets the route value that contains the tenant id; null for none. Default: null.</summary>
    public string? TenantRouteValue { get; set; }
}
