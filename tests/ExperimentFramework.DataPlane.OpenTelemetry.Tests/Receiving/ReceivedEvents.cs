using System.Globalization;
using System.Text.Json.Nodes;

namespace ExperimentFramework.DataPlane.OpenTelemetry.Tests.Receiving;

/// <summary>Makes events of log records again, by the names that docs/reference/opentelemetry.md has.</summary>
internal static class ReceivedEvents
{
    private static readonly Dictionary<string, string> Fields = new()
    {
        ["experiment.name"] = "experimentName",
        ["feature_flag.result.variant"] = "variantKey",
        ["experiment.variant.served"] = "variantKey",
        ["experiment.variant.assigned"] = "assignedVariantKey",
        ["experiment.variant.build"] = "variantBuild",
        ["experiment.variant.previous"] = "previousVariantKey",
        ["experiment.variant.new"] = "newVariantKey",
        ["feature_flag.context.id"] = "subjectId",
        ["experiment.subject.id"] = "subjectId",
        ["experiment.subject.type"] = "subjectType",
        ["experiment.tenant.id"] = "tenantId",
        ["experiment.selection.reason"] = "selectionReason",
        ["experiment.selection.rule_path"] = "rulePath",
        ["experiment.assignment.policy"] = "assignmentPolicy",
        ["experiment.assignment.change_reason"] = "changeReason",
        ["feature_flag.version"] = "allocationVersion",
        ["experiment.allocation.version"] = "allocationVersion",
        ["experiment.exposure.is_repeat"] = "isRepeatExposure",
        ["experiment.exposure.event_id"] = "exposureEventId",
        ["experiment.sampling.rate"] = "samplingRate",
        ["experiment.outcome.kind"] = "outcomeKind",
        ["experiment.outcome.name"] = "outcomeName",
        ["experiment.outcome.result"] = "result",
        ["experiment.outcome.duration"] = "duration",
        ["experiment.outcome.failed_attempt_duration"] = "failedAttemptDuration",
        ["experiment.outcome.value"] = "value",
        ["experiment.metric.name"] = "metricName",
        ["experiment.metric.value"] = "value",
        ["experiment.metric.unit"] = "unit",
        ["experiment.metric.idempotency_key"] = "idempotencyKey",
        ["experiment.signal.type"] = "signalType",
        ["experiment.signal.severity"] = "severity",
        ["experiment.error.source"] = "source",
        ["error.type"] = "errorType",
    };

    public static DataPlaneEnvelope Read(LogRecord record)
    {
        var attributes = record.Attributes.ToDictionary(attribute => attribute.Key, attribute => attribute.Value);
        var type = attributes["experiment.event.type"].StringValue;
        var time = DateTimeOffset.UnixEpoch.AddTicks((long)(record.TimeUnixNano / 100)).ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", CultureInfo.InvariantCulture);
        var json = new JsonObject
        {
            ["eventId"] = attributes["experiment.event.id"].StringValue,
            ["timestamp"] = time,
            ["eventType"] = type,
            ["schemaVersion"] = attributes["experiment.event.schema_version"].StringValue,
            ["payload"] = attributes.TryGetValue("experiment.event.payload", out var text) ? JsonNode.Parse(text.StringValue) : Payload(record, attributes, type, time),
        };
        var envelope = DataPlaneJson.Deserialize(json.ToJsonString());
        return envelope with
        {
            CorrelationId = record.TraceId.Length > 0 ? Convert.ToHexStringLower(record.TraceId.ToByteArray()) : attributes.GetValueOrDefault("experiment.trace.id")?.StringValue,
            SpanId = record.SpanId.Length > 0 ? Convert.ToHexStringLower(record.SpanId.ToByteArray()) : attributes.GetValueOrDefault("experiment.trace.span_id")?.StringValue,
            Metadata = Under(attributes, "experiment.metadata.") is { } metadata ? metadata.ToDictionary(entry => entry.Key, entry => (string)entry.Value!) : null,
            Payload = envelope.Payload switch
            {
                ExposureEvent exposure => exposure with { Attributes = Under(attributes, "experiment.attributes.") },
                MetricEvent metric => metric with { Attributes = Under(attributes, "experiment.attributes.") },
                AnalysisSignalEvent signal => signal with { Data = Under(attributes, "experiment.data.") },
                ErrorEvent error => error with { Data = Under(attributes, "experiment.data.") },
                var other => other,
            },
        };
    }

    /// <summary>The event as OpenTelemetry can hold it: without nulls, decimals as doubles, ids and times as texts.</summary>
    public static DataPlaneEnvelope Expected(DataPlaneEnvelope published) => published with
    {
        Metadata = published.Metadata is { Count: 0 } ? null : published.Metadata,
        Payload = published.Payload switch
        {
            ExposureEvent exposure => exposure with { Attributes = Expected(exposure.Attributes) },
            MetricEvent metric => metric with { Attributes = Expected(metric.Attributes) },
            AnalysisSignalEvent signal => signal with { Data = Expected(signal.Data) },
            ErrorEvent error => error with { Data = Expected(error.Data) },
            var other => other,
        },
    };

    private static Dictionary<string, object?>? Expected(IReadOnlyDictionary<string, object?>? values)
    {
        var kept = values?.Where(entry => entry.Value is not null).ToDictionary(entry => entry.Key, entry => entry.Value switch
        {
            decimal number => (double)number,
            Guid id => id.ToString(),
            DateTimeOffset time => time.ToString("O", CultureInfo.InvariantCulture),
            IReadOnlyDictionary<string, object?> nested => Expected(nested),
            var other => (object?)other,
        });
        return kept is { Count: > 0 } ? kept : null;
    }

    private static JsonObject Payload(LogRecord record, Dictionary<string, AnyValue> attributes, string type, string time)
    {
        var payload = new JsonObject { ["eventType"] = type, ["schemaVersion"] = attributes["experiment.event.schema_version"].StringValue, ["timestamp"] = time };
        foreach (var (name, value) in attributes)
        {
            if (Fields.TryGetValue(name, out var field) && !(name == "error.type" && type == "Exposure"))
            {
                payload[field] = Json(value);
            }
        }

        if (type is "Error" or "AnalysisSignal")
        {
            payload["message"] = record.Body.StringValue;
        }

        return payload;
    }

    private static JsonNode Json(AnyValue value) => value.ValueCase switch
    {
        AnyValue.ValueOneofCase.StringValue => JsonValue.Create(value.StringValue),
        AnyValue.ValueOneofCase.BoolValue => JsonValue.Create(value.BoolValue),
        AnyValue.ValueOneofCase.DoubleValue => JsonValue.Create(value.DoubleValue),
        var other => throw new InvalidOperationException($"A field is {other}."),
    };

    private static Dictionary<string, object?>? Under(Dictionary<string, AnyValue> attributes, string prefix)
    {
        var found = attributes.Where(attribute => attribute.Key.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary(attribute => attribute.Key[prefix.Length..], attribute => Value(attribute.Value));
        return found.Count == 0 ? null : found;
    }

    private static object? Value(AnyValue value) => value.ValueCase switch
    {
        AnyValue.ValueOneofCase.StringValue => value.StringValue,
        AnyValue.ValueOneofCase.BoolValue => value.BoolValue,
        AnyValue.ValueOneofCase.IntValue => value.IntValue,
        AnyValue.ValueOneofCase.DoubleValue => value.DoubleValue,
        AnyValue.ValueOneofCase.ArrayValue => AttributeValues.ArrayOf([.. value.ArrayValue.Values.Select(Value)]),
        AnyValue.ValueOneofCase.KvlistValue => value.KvlistValue.Values.ToDictionary(entry => entry.Key, entry => Value(entry.Value)),
        _ => null,
    };
}
