namespace ExperimentFramework.DataPlane;

/// <summary>The experiment and the subject that a selector selects a variant for.</summary>
public readonly struct SelectionContext
{
    /// <summary>Initializes a context.</summary>
    /// <param name="experimentName">The experiment's name.</param>
    /// <param name="subjectId">The subject's id; null if unknown.</param>
    /// <param name="subjectType">The subject's type; null if not specified.</param>
    /// <param name="tenantId">The subject's tenant; null if there is none.</param>
    public SelectionContext(string experimentName, string? subjectId, string? subjectType, string? tenantId)
    {
        ExperimentName = experimentName;
        SubjectId = subjectId;
        SubjectType = subjectType;
        TenantId = tenantId;
    }

    /// <summary>The experiment's name.</summary>
    public string ExperimentName { get; }

    /// <summary>The subject's id; null if unknown.</summary>
    public string? SubjectId { get; }

    /// <summary>The subject's type; null if not specified.</summary>
    public string? SubjectType { get; }

    /// <summary>The subject's tenant; null if there is none.</summary>
    public string? TenantId { get; }
}
