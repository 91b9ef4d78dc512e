using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace ExperimentFramework.DataPlane.AspNetCore;

/// <summary>
/// Identifies the subject and tenant of the current request by a user's claim, a header, or the visitor's cookie. Both are unknown outside a request.
/// </summary>
internal sealed class HttpSubjectIdentityProvider(
    IHttpContextAccessor accessor, VisitorCookie cookie, SignIns signIns, IOptions<HttpSubjectOptions> options) : ISubjectIdentityProvider
{
    private readonly HttpSubjectOptions _options = options.Value;
    private string _subjectType = options.Value.VisitorSubjectType;

    /// <summary>Gets the type of the subject that was identified last.</summary>
    public string SubjectType => _subjectType;

    public string? TenantId
    {
        get
        {
            if (accessor.HttpContext is not { } context)
            {
                return null;
            }

            var claimed = Claim(context, _options.TenantClaim);
            return claimed is null && _options.TenantRouteValue is { } name ? WellFormedText.Of(RequestState.Get(context, static context => context.Request.RouteValues)[name]?.ToString()) : claimed;
        }
    }

    public bool TryGetSubjectId([NotNullWhen(true)] out string? subjectId)
    {
        (subjectId, _subjectType) = accessor.HttpContext is { } context ? SubjectOf(context) : (null, _subjectType);
        return subjectId is not null;
    }

    public bool TryGetPreviousSubject([NotNullWhen(true)] out string? subjectId, out string? subjectType)
    {
        subjectId = BecomesUser && accessor.HttpContext is { } context && Claim(context, _options.UserClaim) is { } user
            ? signIns.VisitorBefore(context, user)
            : null;
        subjectType = _options.VisitorSubjectType;
        return subjectId is not null;
    }

    private bool BecomesUser => _options is { CookieName: not null, SignedInVisitors: SignedInVisitors.BecomeUsers };

    private (string? Id, string Type) SubjectOf(HttpContext context) =>
        Claim(context, _options.UserClaim) is { } user ? SignedIn(context, user)
        : Header(context) is { } device ? (device, _options.HeaderSubjectType)
        : (_options.CookieName is null ? null : cookie.IdOf(context), _options.VisitorSubjectType);

    private (string Id, string Type) SignedIn(HttpContext context, string user) =>
        _options is { CookieName: not null, SignedInVisitors: SignedInVisitors.StayVisitors } && cookie.Find(context) is { } visitor
            ? (visitor.Id, _options.VisitorSubjectType)
            : (user, _options.UserSubjectType);

    /// <summary>Returns the header's value; null if it has two different values, because one is the gateway's and the other may be forged.</summary>
    private string? Header(HttpContext context)
    {
        var values = _options.Header is { } header ? RequestState.Get(context, static context => context.Request.Headers)[header] : StringValues.Empty;
        return values.Count > 0 && values.All(value => value == values[0]) ? WellFormedText.Of(values[0]) : null;
    }

    /// <summary>Returns the value of a claim of an authenticated identity.</summary>
    private static string? Claim(HttpContext context, string? type) => type is null
        ? null
        : WellFormedText.Of(RequestState.Get(context, static context => context.User).Identities.FirstOrDefault(identity => identity.IsAuthenticated && identity.HasClaim(claim => claim.Type == type))?.FindFirst(type)?.Value);
}
