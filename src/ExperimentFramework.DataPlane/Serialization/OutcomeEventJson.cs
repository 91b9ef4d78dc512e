using System.Text.Json;

namespace ExperimentFramework.DataPlane;

/// <summary>Writes and reads <see cref="OutcomeEvent"/> as JSON.</summary>
internal static class OutcomeEventJson
{
    private static readonly JsonEncodedText VariantKey = JsonEncodedText.Encode("variantKey");
    private static readonly JsonEncodedText AssignedVariantKey = JsonEncodedText.Encode("assignedVariantKey");
    private static readonly JsonEncodedText AllocationVersion = JsonEncodedText.Encode("allocationVersion");
    private static readonly JsonEncodedText OutcomeKindName = JsonEncodedText.Encode("outcomeKind");
    private static readonly JsonEncodedText OutcomeName = JsonEncodedText.Encode("outcomeName");
    private static readonly JsonEncodedText Result = JsonEncodedText.Encode("result");
    private static readonly JsonEncodedText Duration = JsonEncodedText.Encode("duration");
    private static readonly JsonEncodedText FailedAttemptDuration = JsonEncodedText.Encode("failedAttemptDuration");
    private static readonly JsonEncodedText ErrorType = JsonEncodedText.Encode("errorType");
    private static readonly JsonEncodedText Value = JsonEncodedText.Encode("value");
    private static readonly JsonEncodedText ExposureEventId = JsonEncodedText.Encode("exposureEventId");

    public static void Write(Utf8JsonWriter json, OutcomeEvent source)
    {
        EventJson.WriteCommon(json, source);
        json.WriteString(VariantKey, source.VariantKey);
        EventJson.WriteOptional(json, AssignedVariantKey, source.AssignedVariantKey);
        EventSubject.Write(json, source.SubjectId, source.SubjectType, source.TenantId);
        EventJson.WriteOptional(json, AllocationVersion, source.AllocationVersion);
        EnumText<OutcomeKind>.Write(json, OutcomeKindName, source.OutcomeKind, source.UnknownValues);
        json.WriteString(OutcomeName, source.OutcomeName);
        EnumText<OutcomeResult>.Write(json, Result, source.Result, source.UnknownValues);
        EventJson.WriteSeconds(json, Duration, source.Duration);
        EventJson.WriteSeconds(json, FailedAttemptDuration, source.FailedAttemptDuration);
        EventJson.WriteOptional(json, ErrorType, source.ErrorType);
        if (source.Value is { } value)
        {
            EventJson.WriteDouble(json, Value, value);
        }

        if (source.ExposureEventId is { } exposureEventId)
        {
            json.WriteString(ExposureEventId, exposureEventId);
        }
    }

    public static OutcomeEvent Read(ref JsonCursor json)
    {
        var header = default(EventHeader);
        var subject = default(EventSubject);
        string? variantKey = null;
        string? assignedVariantKey = null;
        string? allocationVersion = null;
        OutcomeKind? outcomeKind = null;
        string? outcomeName = null;
        OutcomeResult? result = null;
        TimeSpan? duration = null;
        TimeSpan? failedAttemptDuration = null;
        string? errorType = null;
        double? number = null;
        Guid? exposureEventId = null;
        Dictionary<string, string>? unknown = null;
        var members = json.Enter();
        while (json.Next(ref members, out var name))
        {
            switch (name)
            {
                case "variantKey":
                    variantKey = json.Text();
                    break;
                case "assignedVariantKey":
                    assignedVariantKey = json.OptionalText();
                    break;
                case "allocationVersion":
                    allocationVersion = json.OptionalText();
                    break;
                case "outcomeKind":
                    outcomeKind = json.Value<OutcomeKind>("outcomeKind", ref unknown);
                    break;
                case "outcomeName":
                    outcomeName = json.Text();
                    break;
                case "result":
                    result = json.Value<OutcomeResult>("result", ref unknown);
                    break;
                case "duration":
                    duration = json.TokenType == JsonTokenType.Null ? null : json.Seconds();
                    break;
                case "failedAttemptDuration":
                    failedAttemptDuration = json.TokenType == JsonTokenType.Null ? null : json.Seconds();
                    break;
                case "errorType":
                    errorType = json.OptionalText();
                    break;
                case "value":
                    number = json.TokenType == JsonTokenType.Null ? null : json.Double();
                    break;
                case "exposureEventId":
                    exposureEventId = json.TokenType == JsonTokenType.Null ? null : json.Uuid();
                    break;
                default:
                    if (!header.TryRead(ref json, name) && !subject.TryRead(ref json, name))
                    {
                        json.Skip();
                    }

                    break;
            }
        }

        return new OutcomeEvent
        {
            SchemaVersion = header.SchemaVersion(json),
            ExperimentName = header.ExperimentName(json),
            Timestamp = header.Timestamp(json),
            VariantKey = variantKey ?? throw json.Missing("variantKey"),
            AssignedVariantKey = assignedVariantKey,
            SubjectId = subject.Id,
            SubjectType = subject.Type,
            TenantId = subject.TenantId,
            AllocationVersion = allocationVersion,
            OutcomeKind = outcomeKind ?? throw json.Missing("outcomeKind"),
            OutcomeName = outcomeName ?? throw json.Missing("outcomeName"),
            Result = result ?? throw json.Missing("result"),
            Duration = duration,
            FailedAttemptDuration = failedAttemptDuration,
            ErrorType = errorType,
            Value = number,
            ExposureEventId = exposureEventId,
            UnknownValues = unknown,
        };
    }
}
