namespace ExperimentFramework.DataPlane;

/// <summary>The result of a served call: success or error, its duration, and a metric value.</summary>
public sealed record OutcomeEvent : DataPlaneEvent
{
    /// <inheritdoc/>
    /// <example>Outcome</example>
    public override DataPlaneEventType EventType => DataPlaneEventType.Outcome;

    /// <summary>The key of the variant that served the call.</summary>
    /// <example>dynamic</example>
    public required string VariantKey { get; init; }

    /// <summary>
    /// The key of the variant that the subject was assigned to; only set if another variant served the call. Drops are counted by it. It does not leave the
    /// process, because <see cref="ExposureEventId"/> leads to it.
    /// </summary>
    internal string? AssignedVariantKey { get; init; }

    /// <summary>The subject's id; null if unknown.</summary>
    /// <example>user-1</example>
    public string? SubjectId { get; init; }

    /// <summary>The subject's type, for example <c>user</c>; null if not specified.</summary>
    /// <example>user</example>
    public string? SubjectType { get; init; }

    /// <summary>The subject's tenant; null if there is none.</summary>
    /// <example>acme</example>
    public string? TenantId { get; init; }

    /// <summary>The name of the observed member or metric.</summary>
    /// <example>QuoteAsync</example>
    public required string OutcomeName { get; init; }

    /// <summary>True if the call succeeded.</summary>
    /// <example>true</example>
    public required bool IsSuccess { get; init; }

    /// <summary>The duration of the call, in seconds in JSON; null if the outcome is not a call.</summary>
    /// <example>0.0125</example>
    public TimeSpan? Duration { get; init; }

    /// <summary>The full name of the exception's type; null on success.</summary>
    /// <example>System.TimeoutException</example>
    public string? ErrorType { get; init; }

    /// <summary>The metric's value, in the metric's own unit; null if there is none.</summary>
    /// <example>12.5</example>
    public double? Value { get; init; }

    /// <summary>The <see cref="DataPlaneEnvelope.EventId"/> of the exposure that this outcome belongs to; null if that exposure was not recorded.</summary>
    /// <example>0192f0d1-0000-7000-8000-000000000001</example>
    public Guid? ExposureEventId { get; init; }
}
