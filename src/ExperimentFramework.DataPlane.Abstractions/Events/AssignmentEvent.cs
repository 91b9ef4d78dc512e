namespace ExperimentFramework.DataPlane;

/// <summary>A subject's variant changed. The first assignment is not a change.</summary>
public sealed record AssignmentEvent : DataPlaneEvent
{
    /// <inheritdoc/>
    public override DataPlaneEventType EventType => DataPlaneEventType.Assignment;

    /// <summary>The subject's id.</summary>
    public required string SubjectId { get; init; }

    /// <summary>The subject's type, for example <c>user</c>; null when not said.</summary>
    public string? SubjectType { get; init; }

    /// <summary>The subject's tenant; null when there is none.</summary>
    public string? TenantId { get; init; }

    /// <summary>The key of the variant the subject had.</summary>
    public required string PreviousVariantKey { get; init; }

    /// <summary>The key of the variant the subject has now.</summary>
    public required string NewVariantKey { get; init; }

    /// <summary>Why it changed, for example <c>weights-changed</c>.</summary>
    public required string ChangeReason { get; init; }

    /// <summary>The policy in force.</summary>
    public AssignmentPolicy AssignmentPolicy { get; init; }
}
