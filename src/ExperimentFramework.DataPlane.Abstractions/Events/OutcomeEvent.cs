namespace ExperimentFramework.DataPlane;

/// <summary>What came of a served call: success or error, how long it took, a metric.</summary>
public sealed record OutcomeEvent : DataPlaneEvent
{
    /// <inheritdoc/>
    /// <example>Outcome</example>
    public override DataPlaneEventType EventType => DataPlaneEventType.Outcome;

    /// <summary>The key of the variant that answered.</summary>
    /// <example>dynamic</example>
    public required string VariantKey { get; init; }

    /// <summary>
    /// The key of the variant the subject was assigned to, only when another one answered. Drops are counted by it; it does not leave the process, where
    /// <see cref="ExposureEventId"/> leads to it.
    /// </summary>
    internal string? AssignedVariantKey { get; init; }

    /// <summary>The subject's id; null when unknown.</summary>
    /// <example>user-1</example>
    public string? SubjectId { get; init; }

    /// <summary>The subject's type, for example <c>user</c>; null when not said.</summary>
    /// <example>user</example>
    public string? SubjectType { get; init; }

    /// <summary>The subject's tenant; null when there is none.</summary>
    /// <example>acme</example>
    public string? TenantId { get; init; }

    /// <summary>What was observed: a member's name or a metric's.</summary>
    /// <example>QuoteAsync</example>
    public required string OutcomeName { get; init; }

    /// <summary>True where the call returned a result.</summary>
    /// <example>true</example>
    public required bool IsSuccess { get; init; }

    /// <summary>How long the call took, as JSON in seconds; null when the outcome is not a call.</summary>
    /// <example>0.0125</example>
    public TimeSpan? Duration { get; init; }

    /// <summary>The full name of the exception's type; null on success.</summary>
    /// <example>System.TimeoutException</example>
    public string? ErrorType { get; init; }

    /// <summary>A metric's value, in the metric's own unit; null when there is none.</summary>
    /// <example>12.5</example>
    public double? Value { get; init; }

    /// <summary>The <see cref="DataPlaneEnvelope.EventId"/> of the exposure this is the outcome of; null when it was not told.</summary>
    /// <example>0192f0d1-0000-7000-8000-000000000001</example>
    public Guid? ExposureEventId { get; init; }
}
