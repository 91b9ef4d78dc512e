using System.Collections.Frozen;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>The fields that this version knows, of envelopes and of each category.</summary>
internal static class KnownFields
{
    private static readonly string[] Common = ["eventType", "schemaVersion", "experimentName", "timestamp"];
    private static readonly string[] Subject = ["subjectId", "subjectType", "tenantId"];

    /// <summary>Those of an envelope.</summary>
    public static readonly FrozenSet<string> OfEnvelope =
        FrozenSet.Create(StringComparer.Ordinal, "eventId", "timestamp", "eventType", "schemaVersion", "payload", "correlationId", "spanId", "metadata");

    /// <summary>Those of a payload, by category.</summary>
    public static readonly FrozenDictionary<DataPlaneEventType, FrozenSet<string>> OfPayload = new Dictionary<DataPlaneEventType, FrozenSet<string>>
    {
        [DataPlaneEventType.Exposure] = Set(
            [.. Subject, "variantKey", "assignedVariantKey", "selectionReason", "rulePath", "assignmentPolicy", "allocationVersion", "isRepeatExposure", "samplingRate", "variantBuild", "attributes", "attributeTypes"]),
        [DataPlaneEventType.Assignment] = Set([.. Subject, "previousVariantKey", "newVariantKey", "changeReason", "assignmentPolicy"]),
        [DataPlaneEventType.Outcome] = Set(
            [.. Subject, "variantKey", "assignedVariantKey", "allocationVersion", "outcomeKind", "outcomeName", "result", "duration", "failedAttemptDuration", "errorType", "value", "exposureEventId"]),
        [DataPlaneEventType.AnalysisSignal] = Set(["signalType", "severity", "message", "data", "dataTypes"]),
        [DataPlaneEventType.Error] = Set(["source", "message", "errorType", "data", "dataTypes"]),
        [DataPlaneEventType.Metric] = Set([.. Subject, "metricName", "value", "unit", "idempotencyKey", "attributes", "attributeTypes"]),
        [DataPlaneEventType.Accounting] = Set(
            ["producerId", "destination", "sequenceNumber", "partNumber", "partCount", "intervalStart", "intervalEnd", "isLast", "calls", "published", "drops"]),
    }.ToFrozenDictionary();

    private static FrozenSet<string> Set(string[] own) => Common.Concat(own).ToFrozenSet(StringComparer.Ordinal);
}
