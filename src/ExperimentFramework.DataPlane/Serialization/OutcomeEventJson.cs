using System.Text.Json;

namespace ExperimentFramework.DataPlane;

/// <summary>Writes and reads <see cref="OutcomeEvent"/> as JSON.</summary>
internal static class OutcomeEventJson
{
    private static readonly JsonEncodedText VariantKey = JsonEncodedText.Encode("variantKey");
    private static readonly JsonEncodedText SubjectId = JsonEncodedText.Encode("subjectId");
    private static readonly JsonEncodedText SubjectType = JsonEncodedText.Encode("subjectType");
    private static readonly JsonEncodedText TenantId = JsonEncodedText.Encode("tenantId");
    private static readonly JsonEncodedText OutcomeName = JsonEncodedText.Encode("outcomeName");
    private static readonly JsonEncodedText IsSuccess = JsonEncodedText.Encode("isSuccess");
    private static readonly JsonEncodedText Duration = JsonEncodedText.Encode("duration");
    private static readonly JsonEncodedText ErrorType = JsonEncodedText.Encode("errorType");
    private static readonly JsonEncodedText Value = JsonEncodedText.Encode("value");
    private static readonly JsonEncodedText ExposureEventId = JsonEncodedText.Encode("exposureEventId");

    public static void Write(Utf8JsonWriter json, OutcomeEvent source)
    {
        EventJson.WriteCommon(json, source);
        json.WriteString(VariantKey, source.VariantKey);
        EventJson.WriteOptional(json, SubjectId, source.SubjectId);
        EventJson.WriteOptional(json, SubjectType, source.SubjectType);
        EventJson.WriteOptional(json, TenantId, source.TenantId);
        json.WriteString(OutcomeName, source.OutcomeName);
        json.WriteBoolean(IsSuccess, source.IsSuccess);
        if (source.Duration is { } duration)
        {
            json.WriteNumber(Duration, duration.Ticks / (decimal)TimeSpan.TicksPerSecond);
        }

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
        string? outcomeName = null;
        bool? isSuccess = null;
        TimeSpan? duration = null;
        string? errorType = null;
        double? number = null;
        Guid? exposureEventId = null;
        var members = json.Enter();
        while (json.Next(ref members, out var name))
        {
            switch (name)
            {
                case "variantKey":
                    variantKey = json.Text();
                    break;
                case "outcomeName":
                    outcomeName = json.Text();
                    break;
                case "isSuccess":
                    isSuccess = json.Boolean();
                    break;
                case "duration":
                    duration = json.TokenType == JsonTokenType.Null ? null : json.Seconds();
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
            SubjectId = subject.Id,
            SubjectType = subject.Type,
            TenantId = subject.TenantId,
            OutcomeName = outcomeName ?? throw json.Missing("outcomeName"),
            IsSuccess = isSuccess ?? throw json.Missing("isSuccess"),
            Duration = duration,
            ErrorType = errorType,
            Value = number,
            ExposureEventId = exposureEventId,
        };
    }
}
