namespace ExperimentFramework.DataPlane;

/// <summary>
/// A subject was served a variant. Analysis counts by the assigned variant:
/// <c>AssignedVariantKey ?? VariantKey</c>.
/// </summary>
public sealed record ExposureEvent : DataPlaneEvent
{
    private readonly EventValues _attributes;

    /// <inheritdoc/>
    /// <example>Exposure</example>
    public override DataPlaneEventType EventType => DataPlaneEventType.Exposure;

    /// <summary>The key of the variant that served the call.</summary>
    /// <example>dynamic</example>
    public required string VariantKey { get; init; }

    /// <summary>The key of the variant that the subject was assigned to; only set if another variant served the call.</summary>
    /// <example>dynamic</example>
    public string? AssignedVariantKey { get; init; }

    /// <summary>The subject's id; null if unknown.</summary>
    /// <example>user-1</example>
    public string? SubjectId { get; init; }

    /// <summary>The subject's type, for example <c>user</c>; null if not specified.</summary>
    /// <example>user</example>
    public string? SubjectType { get; init; }

    /// <summary>The subject's tenant; null if there is none.</summary>
    /// <example>acme</example>
    public string? TenantId { get; init; }

    /// <summary>Why this variant was selected: one of <see cref="SelectionReasons"/> or a reason defined by the selector.</summary>
    /// <example>hash-assignment</example>
    public required string SelectionReason { get; init; }

    /// <summary>The location of the rule that matched; null if the selector has no rules.</summary>
    /// <example>configuration:Pricing:Variant</example>
    public string? RulePath { get; init; }

    /// <summary>The assignment policy in effect.</summary>
    /// <example>BestEffort</example>
    public AssignmentPolicy AssignmentPolicy { get; init; }

    /// <summary>The version of the weights that the assignment came from; null if there are none.</summary>
    /// <example>2026-03-01</example>
    public string? AllocationVersion { get; init; }

    /// <summary>True if this process already recorded the same exposure of the subject within the repeat window.</summary>
    /// <example>false</example>
    public bool IsRepeatExposure { get; init; }

    /// <summary>The share of subjects whose exposures are recorded, from 0 to 1; each recorded subject represents 1 / rate subjects.</summary>
    /// <example>0.25</example>
    public double SamplingRate { get; init; } = 1;

    /// <summary>The module version id of the assembly that contains the served variant; it changes with every build.</summary>
    /// <example>7d9f4c1e-52a3-4a0b-9a38-3f1f5a0c8d21</example>
    public Guid? VariantBuild { get; init; }

    /// <summary>The values of <see cref="ExposureAttributeAttribute"/> parameters; null if there are none.</summary>
    /// <example>{"country":"DE","amount":12.50}</example>
    public IReadOnlyDictionary<string, object?>? Attributes
    {
        get => _attributes.Values;
        init => _attributes = new EventValues(value);
    }
}
