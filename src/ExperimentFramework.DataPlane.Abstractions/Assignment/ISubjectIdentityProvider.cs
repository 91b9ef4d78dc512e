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

    /// <summary>
    /// Names the subject that the current one was before it became known under another id: the anonymous visitor who has just signed in.
    /// If the two have different variants of an experiment, an <see cref="AssignmentEvent"/> with the reason
    /// <see cref="AssignmentChangeReasons.IdentityChanged"/> is published. Only asked in a scope. Default: false.
    /// </summary>
    /// <param name="subjectId">The previous subject's id.</param>
    /// <param name="subjectType">The previous subject's type; null if it has none.</param>
    /// <returns>False if there is none, or it is no longer worth a report.</returns>
    bool TryGetPreviousSubject([NotNullWhen(true)] out string? subjectId, out string? subjectType)
    {
        (subjectId, subjectType) = (null, null);
        return false;
    }
}
