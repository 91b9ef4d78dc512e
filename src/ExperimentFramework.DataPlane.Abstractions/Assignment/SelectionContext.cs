namespace ExperimentFramework.DataPlane;

/// <summary>What a selector knows of a call.</summary>
public readonly struct SelectionContext
{
    /// <summary>Creates a context.</summary>
    /// <param name="experimentName">The experiment's name.</param>
    /// <param name="subjectId">The subject's id; null when unknown.</param>
    /// <param name="subjectType">The subject's type; null when not said.</param>
    /// <param name="tenantId">The subject's tenant; null when there is none.</param>
    public SelectionContext(string experimentName, string? subjectId, string? subjectType, string? tenantId)
    {
        ExperimentName = experimentName;
        SubjectId = subjectId;
        SubjectType = subjectType;
        TenantId = tenantId;
    }

    /// <summary>The experiment's name.</summary>
    public string ExperimentName { get; }

    /// <summary>The subject's id; null when unknown.</summary>
    public string? SubjectId { get; }

    /// <summary>The subject's type; null when not said.</summary>
    public string? SubjectType { get; }

    /// <summary>The subject's tenant; null when there is none.</summary>
    public string? TenantId { get; }
}
