using System.Diagnostics.CodeAnalysis;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Says who the current subject is where a call has no <see cref="ExposureSubjectAttribute"/> parameter, and of which tenant.
/// Registered as singleton or scoped.
/// </summary>
public interface ISubjectIdentityProvider
{
    /// <summary>The type of subject, for example <c>user</c> or <c>session</c>.</summary>
    string SubjectType { get; }

    /// <summary>
    /// The current tenant, where a call has no <see cref="ExposureTenantAttribute"/> parameter; null where there is none.
    /// Default: null.
    /// </summary>
    string? TenantId => null;

    /// <summary>Names the current subject.</summary>
    /// <param name="subjectId">The subject's id.</param>
    /// <returns>False when the subject is unknown.</returns>
    bool TryGetSubjectId([NotNullWhen(true)] out string? subjectId);
}
