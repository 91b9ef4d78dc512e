using System.Text.Json;

namespace ExperimentFramework.DataPlane;

/// <summary>Writes and reads <see cref="MetricEvent"/> as JSON.</summary>
internal static class MetricEventJson
{
    private static readonly JsonEncodedText MetricName = JsonEncodedText.Encode("metricName");
    private static readonly JsonEncodedText Value = JsonEncodedText.Encode("value");
    private static readonly JsonEncodedText Unit = JsonEncodedText.Encode("unit");
    private static readonly JsonEncodedText IdempotencyKey = JsonEncodedText.Encode("idempotencyKey");
    private static readonly JsonEncodedText Attributes = JsonEncodedText.Encode("attributes");
    private static readonly JsonEncodedText AttributeTypes = JsonEncodedText.Encode("attributeTypes");

    /// <returns>The number of attribute values that were replaced with the name of their type.</returns>
    public static int Write(Utf8JsonWriter json, MetricEvent source)
    {
        EventJson.WriteCommon(json, source);
        json.WriteString(MetricName, source.MetricName);
        EventJson.WriteDouble(json, Value, source.Value);
        EventJson.WriteOptional(json, Unit, source.Unit);
        EventSubject.Write(json, source.SubjectId, source.SubjectType, source.TenantId);
        EventJson.WriteOptional(json, IdempotencyKey, source.IdempotencyKey);
        return source.Attributes is null ? 0 : AttributesJson.Write(json, Attributes, AttributeTypes, source.Attributes);
    }

    public static MetricEvent Read(ref JsonCursor json)
    {
        var header = default(EventHeader);
        var subject = default(EventSubject);
        string? metricName = null;
        double? number = null;
        string? unit = null;
        string? idempotencyKey = null;
        var hasAttributes = false;
        var attributes = json;
        Dictionary<string, object>? attributeTypes = null;
        var members = json.Enter();
        while (json.Next(ref members, out var name))
        {
            switch (name)
            {
                case "metricName":
                    metricName = json.Text();
                    break;
                case "value":
                    number = json.Double();
                    break;
                case "unit":
                    unit = json.OptionalText();
                    break;
                case "idempotencyKey":
                    idempotencyKey = json.OptionalText();
                    break;
                case "attributes":
                    hasAttributes = json.TokenType != JsonTokenType.Null;
                    attributes = json;
                    json.Skip();
                    break;
                case "attributeTypes":
                    attributeTypes = AttributesJson.ReadTypes(ref json);
                    break;
                default:
                    if (!header.TryRead(ref json, name) && !subject.TryRead(ref json, name))
                    {
                        json.Skip();
                    }

                    break;
            }
        }

        return new MetricEvent
        {
            SchemaVersion = header.SchemaVersion(json),
            ExperimentName = header.ExperimentName(json),
            Timestamp = header.Timestamp(json),
            MetricName = metricName ?? throw json.Missing("metricName"),
            Value = number ?? throw json.Missing("value"),
            Unit = unit,
            SubjectId = subject.Id,
            SubjectType = subject.Type,
            TenantId = subject.TenantId,
            IdempotencyKey = idempotencyKey,
            Attributes = hasAttributes ? AttributesJson.Read(ref attributes, attributeTypes) : null,
        };
    }
}
