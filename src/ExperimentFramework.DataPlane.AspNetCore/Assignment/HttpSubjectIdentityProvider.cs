using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.AspNetCore;

/// <summary>The subject and the tenant of the current request: a user's claim, a header, or the visitor's cookie. Unknown outside a request.</summary>
internal sealed class HttpSubjectIdentityProvider(
    IHttpContextAccessor accessor, VisitorCookie cookie, IOptions<HttpSubjectOptions> options) : ISubjectIdentityProvider
{
    private readonly HttpSubjectOptions _options = options.Value;
    private string _subjectType = options.Value.VisitorSubjectType;

    /// <summary>The type of the subject last named.</summary>
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
            return claimed is null && _options.TenantRouteValue is { } name ? NullIfEmpty(context.GetRouteValue(name)?.ToString()) : claimed;
        }
    }

    public bool TryGetSubjectId([NotNullWhen(true)] out string? subjectId)
    {
        (subjectId, _subjectType) = accessor.HttpContext is { } context ? SubjectOf(context) : (null, _subjectType);
        return subjectId is not null;
    }

    private (string? Id, string Type) SubjectOf(HttpContext context) =>
        Claim(context, _options.UserClaim) is { } user ? (user, _options.UserSubjectType)
        : _options.Header is { } header && NullIfEmpty(context.Request.Headers[header].ToString()) is { } device ? (device, _options.HeaderSubjectType)
        : (_options.CookieName is null ? null : cookie.IdOf(context), _options.VisitorSubjectType);

    /// <summary>A claim counts where its identity is authenticated.</summary>
    private static string? Claim(HttpContext context, string? type) => type is null
        ? null
        : NullIfEmpty(context.User.Identities.FirstOrDefault(identity => identity.IsAuthenticated && identity.HasClaim(claim => claim.Type == type))?.FindFirst(type)?.Value);

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
