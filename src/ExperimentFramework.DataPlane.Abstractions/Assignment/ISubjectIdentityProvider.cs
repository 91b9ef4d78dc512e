using System.Diagnostics.CodeAnalysis;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Identifies the current subject and its tenant for calls that have no <see cref="ExposureSubjectAttribute"/> parameter.
/// Register it as a singleton or scoped service.
/// </summary>
public interface ISubjectIdentityProvider
{
    /// <summary>The type of subject, for example <c>user</c> or <c>session</c>.</summary>
    string SubjectType { get; }

    /// <summary>
    /// The current tenant, for calls that have no <see cref="ExposureTenantAttribute"/> parameter; null if there is none.
    /// Default: null.
    /// </summary>
    string? TenantId => null;

    /// <summary>Gets the id of the current subject.</summary>
    /// <param name="subjectId">The subject's id.</param>
    /// <returns>True if the subject is known; otherwise false.</returns>
    bool TryGetSubjectId([NotNullWhen(true)] out string? subjectId);

    /// <summary>
    /// Gets the id that the current subject had before it became known under another id: that of the anonymous visitor who has just signed in.
    /// If the two have different variants of an experiment, an <see cref="AssignmentEvent"/> with the reason
    /// <see cref="AssignmentChangeReasons.IdentityChanged"/> is published. Only called within a scope. Default: false.
    /// </summary>
    /// <param name="subjectId">The previous subject's id.</param>
    /// <param name="subjectType">The previous subject's type; null if it has none.</param>
    /// <returns>True if there is one; false if there is none, or if the change is too old to be reported.</returns>
    bool TryGetPreviousSubject([NotNullWhen(true)] out string? subjectId, out string? subjectType)
    {
        (subjectId, subjectType) = (null, null);
        return false;
    }
}
