using System.Text;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Identifies the assignment of a subject in an experiment. An empty type or tenant is treated as null. An unpaired surrogate in an id becomes U+FFFD, as
/// in UTF-8, so that an id means the same in every store.
/// </summary>
public readonly record struct AssignmentKey
{
    /// <summary>Initializes a key.</summary>
    /// <param name="experimentName">The experiment's name.</param>
    /// <param name="subjectId">The subject's id.</param>
    /// <param name="subjectType">The subject's type; null if not specified.</param>
    /// <param name="tenantId">The subject's tenant; null if there is none.</param>
    /// <exception cref="ArgumentException"><paramref name="experimentName"/> or <paramref name="subjectId"/> is null or empty.</exception>
    public AssignmentKey(string experimentName, string subjectId, string? subjectType = null, string? tenantId = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(experimentName);
        ArgumentException.ThrowIfNullOrEmpty(subjectId);
        ExperimentName = experimentName;
        SubjectId = WellFormed(subjectId);
        SubjectType = string.IsNullOrEmpty(subjectType) ? null : WellFormed(subjectType);
        TenantId = string.IsNullOrEmpty(tenantId) ? null : WellFormed(tenantId);
    }

    /// <summary>The experiment's name.</summary>
    public string ExperimentName { get; }

    /// <summary>The subject's id.</summary>
    public string SubjectId { get; }

    /// <summary>The subject's type; null if not specified.</summary>
    public string? SubjectType { get; }

    /// <summary>The subject's tenant; null if there is none.</summary>
    public string? TenantId { get; }

    private static string WellFormed(string text) =>
        text.AsSpan().ContainsAnyInRange('\ud800', '\udfff') ? Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)) : text;
}
