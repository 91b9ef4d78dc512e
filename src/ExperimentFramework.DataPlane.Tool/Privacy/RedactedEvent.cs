namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Takes out of an event what identifies a person.</summary>
internal static class RedactedEvent
{
    /// <summary>Stands for what is not shown.</summary>
    public const string Hidden = "***";

    /// <summary>Returns the event with ids of subjects and idempotency keys replaced, and without attributes.</summary>
    public static DataPlaneEnvelope Of(DataPlaneEnvelope envelope) => envelope with
    {
        Payload = envelope.Payload switch
        {
            ExposureEvent exposure => exposure with { SubjectId = Redact(exposure.SubjectId), Attributes = null },
            OutcomeEvent outcome => outcome with { SubjectId = Redact(outcome.SubjectId) },
            AssignmentEvent change => change with { SubjectId = Redact(change.SubjectId) },
            MetricEvent metric => metric with { SubjectId = Redact(metric.SubjectId), IdempotencyKey = Redact(metric.IdempotencyKey), Attributes = null },
            UnknownEvent unknown => unknown with { Json = "{}" },
            var other => other,
        },
    };

    private static string? Redact(string? value) => value is null ? null : Hidden;
}
