namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Takes out of an event what may identify a person: ids of subjects, what applications attach to events, and ids by which other systems know the call. What remains are names of the experiment, its times and numbers, tenants, and messages.</summary>
internal static class RedactedEvent
{
    /// <summary>Stands for what is not shown.</summary>
    public const string Hidden = "***";

    private const string PseudonymKeyId = "pseudonymKeyId";

    /// <summary>Returns the event with ids of subjects and idempotency keys replaced, and without the rest.</summary>
    public static DataPlaneEnvelope Of(DataPlaneEnvelope envelope) => envelope with
    {
        CorrelationId = null,
        SpanId = null,
        Metadata = envelope.Metadata?.Where(static entry => entry.Key == PseudonymKeyId).ToDictionary(StringComparer.Ordinal) is { Count: > 0 } key ? key : null,
        Payload = envelope.Payload switch
        {
            ExposureEvent exposure => exposure with { SubjectId = Redact(exposure.SubjectId), Attributes = null },
            OutcomeEvent outcome => outcome with { SubjectId = Redact(outcome.SubjectId) },
            AssignmentEvent change => change with { SubjectId = Redact(change.SubjectId) },
            MetricEvent metric => metric with { SubjectId = Redact(metric.SubjectId), IdempotencyKey = Redact(metric.IdempotencyKey), Attributes = null },
            AnalysisSignalEvent signal => signal with { Data = null },
            ErrorEvent error => error with { Data = null },
            UnknownEvent unknown => unknown with { Json = "{}" },
            var other => other,
        },
    };

    private static string? Redact(string? value) => value is null ? null : Hidden;
}
