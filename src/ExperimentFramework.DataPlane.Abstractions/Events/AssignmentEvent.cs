namespace ExperimentFramework.DataPlane;

/// <summary>A subject's variant changed. The first assignment is not a change.</summary>
public sealed record AssignmentEvent : DataPlaneEvent
{
    /// <inheritdoc/>
    /// <example>Assignment</example>
    public override DataPlaneEventType EventType => DataPlaneEventType.Assignment;

    /// <summary>The subject's id; null if redaction omitted it.</summary>
    /// <example>user-1</example>
    public required string? SubjectId { get; init; }

    /// <summary>The subject's type, for example <c>user</c>; null if not specified.</summary>
    /// <example>user</example>
    public string? SubjectType { get; init; }

    /// <summary>The subject's tenant; null if there is none.</summary>
    /// <example>acme</example>
    public string? TenantId { get; init; }

    /// <summary>The key of the variant that the subject had before.</summary>
    /// <example>control</example>
    public required string PreviousVariantKey { get; init; }

    /// <summary>The key of the variant that the subject has now.</summary>
    /// <example>dynamic</example>
    public required string NewVariantKey { get; init; }

    /// <summary>Why the variant changed, for example <c>weights-changed</c>.</summary>
    /// <example>weights-changed</example>
    public required string ChangeReason { get; init; }

    /// <summary>The assignment policy in effect.</summary>
    /// <example>BestEffort</example>
    public AssignmentPolicy AssignmentPolicy { get; init; }
}
