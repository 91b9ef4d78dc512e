namespace ExperimentFramework.DataPlane;

/// <summary>What came of a served call: success or error, how long it took, a metric.</summary>
public sealed record OutcomeEvent : DataPlaneEvent
{
    /// <inheritdoc/>
    public override DataPlaneEventType EventType => DataPlaneEventType.Outcome;

    /// <summary>The key of the variant that answered.</summary>
    public required string VariantKey { get; init; }

    /// <summary>The subject's id; null when unknown.</summary>
    public string? SubjectId { get; init; }

    /// <summary>The subject's type, for example <c>user</c>; null when not said.</summary>
    public string? SubjectType { get; init; }

    /// <summary>The subject's tenant; null when there is none.</summary>
    public string? TenantId { get; init; }

    /// <summary>What was observed: a member's name or a metric's.</summary>
    public required string OutcomeName { get; init; }

    /// <summary>True where the call returned a result.</summary>
    public required bool IsSuccess { get; init; }

    /// <summary>How long the call took; null when the outcome is not a call.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>The full name of the exception's type; null on success.</summary>
    public string? ErrorType { get; init; }

    /// <summary>A metric's value; null when there is none.</summary>
    public double? Value { get; init; }

    /// <summary>The <see cref="DataPlaneEnvelope.EventId"/> of the exposure this is the outcome of; null when it was not told.</summary>
    public Guid? ExposureEventId { get; init; }
}
