namespace ExperimentFramework.DataPlane;

/// <summary>
/// What came of a served call: its result and how long it took. Analysis counts by the assigned variant:
/// <c>AssignedVariantKey ?? VariantKey</c>. Events after the call, such as a purchase, are <see cref="MetricEvent"/>s.
/// </summary>
public sealed record OutcomeEvent : DataPlaneEvent
{
    /// <inheritdoc/>
    /// <example>Outcome</example>
    public override DataPlaneEventType EventType => DataPlaneEventType.Outcome;

    /// <summary>The key of the variant that served the call, or failed last.</summary>
    /// <example>control</example>
    public required string VariantKey { get; init; }

    /// <summary>
    /// The key of the variant that the subject was assigned to; only set if the call fell back to another one because the assigned variant failed.
    /// </summary>
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

    /// <summary>The version of the weights that the assignment came from; null if there are none.</summary>
    /// <example>2026-03-01</example>
    public string? AllocationVersion { get; init; }

    /// <summary>What this is the outcome of.</summary>
    /// <example>Call</example>
    public OutcomeKind OutcomeKind { get; init; }

    /// <summary>The name of the member that was called.</summary>
    /// <example>QuoteAsync</example>
    public required string OutcomeName { get; init; }

    /// <summary>How the call ended for its caller: after a fallback, with the result of the variant that served it.</summary>
    /// <example>Success</example>
    public required OutcomeResult Result { get; init; }

    /// <summary>The duration of the whole call, in seconds in JSON, with the failed attempt of a fallback; null if it was not measured.</summary>
    /// <example>0.0125</example>
    public TimeSpan? Duration { get; init; }

    /// <summary>How long the assigned variant ran before it failed and the call fell back, in seconds in JSON; null without a fallback.</summary>
    /// <example>0.004</example>
    public TimeSpan? FailedAttemptDuration { get; init; }

    /// <summary>The full name of the exception's type; null unless the call failed.</summary>
    /// <example>System.TimeoutException</example>
    public string? ErrorType { get; init; }

    /// <summary>A value of the call, in a unit of its own; null if there is none. Proxies set none.</summary>
    /// <example>12.5</example>
    public double? Value { get; init; }

    /// <summary>The <see cref="DataPlaneEnvelope.EventId"/> of the exposure that this outcome belongs to; null if that exposure was not recorded.</summary>
    /// <example>0192f0d1-0000-7000-8000-000000000001</example>
    public Guid? ExposureEventId { get; init; }
}
