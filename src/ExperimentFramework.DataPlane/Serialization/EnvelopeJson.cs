using System.Text.Json;

namespace ExperimentFramework.DataPlane;

/// <summary>Writes and reads <see cref="DataPlaneEnvelope"/> as JSON.</summary>
internal static class EnvelopeJson
{
    private static readonly JsonEncodedText EventId = JsonEncodedText.Encode("eventId");
    private static readonly JsonEncodedText Timestamp = JsonEncodedText.Encode("timestamp");
    private static readonly JsonEncodedText EventType = JsonEncodedText.Encode("eventType");
    private static readonly JsonEncodedText SchemaVersion = JsonEncodedText.Encode("schemaVersion");
    private static readonly JsonEncodedText CorrelationId = JsonEncodedText.Encode("correlationId");
    private static readonly JsonEncodedText SpanId = JsonEncodedText.Encode("spanId");
    private static readonly JsonEncodedText Metadata = JsonEncodedText.Encode("metadata");
    private static readonly JsonEncodedText Payload = JsonEncodedText.Encode("payload");

    /// <returns>The number of values that were replaced with the name of their type.</returns>
    public static int Write(Utf8JsonWriter json, DataPlaneEnvelope envelope)
    {
        json.WriteStartObject();
        json.WriteString(EventId, envelope.EventId);
        EventJson.WriteTime(json, Timestamp, envelope.Timestamp);
        WriteEventType(json, envelope);
        json.WriteString(SchemaVersion, envelope.SchemaVersion);
        EventJson.WriteOptional(json, CorrelationId, envelope.CorrelationId);
        EventJson.WriteOptional(json, SpanId, envelope.SpanId);
        if (envelope.Metadata is { } metadata)
        {
            json.WritePropertyName(Metadata);
            EventPayloadJson.WriteMetadata(json, metadata);
        }

        json.WritePropertyName(Payload);
        var replaced = EventPayloadJson.Write(json, envelope.Payload);
        json.WriteEndObject();
        return replaced;
    }

    public static DataPlaneEnvelope Read(ref JsonCursor json)
    {
        Guid? eventId = null;
        DateTimeOffset? timestamp = null;
        string? eventType = null;
        string? schemaVersion = null;
        string? correlationId = null;
        string? spanId = null;
        Dictionary<string, string>? metadata = null;
        var hasPayload = false;
        var payload = json;
        var members = json.Enter();
        while (json.Next(ref members, out var name))
        {
            switch (name)
            {
                case "eventId":
                    eventId = json.Uuid();
                    break;
                case "timestamp":
                    timestamp = json.Time();
                    break;
                case "eventType":
                    eventType = json.Text();
                    break;
                case "schemaVersion":
                    schemaVersion = EventJson.ReadVersion(ref json);
                    break;
                case "correlationId":
                    correlationId = json.TokenType == JsonTokenType.Null ? null : json.Text();
                    break;
                case "spanId":
                    spanId = json.TokenType == JsonTokenType.Null ? null : json.Text();
                    break;
                case "metadata":
                    metadata = json.TokenType == JsonTokenType.Null ? null : EventPayloadJson.ReadMetadata(ref json);
                    break;
                case "payload":
                    // The event's type may come after the payload.
                    hasPayload = true;
                    payload = json;
                    json.Skip();
                    break;
                default:
                    json.Skip();
                    break;
            }
        }

        var typeName = eventType ?? throw json.Missing("eventType");
        var id = eventId ?? throw json.Missing("eventId");
        var time = timestamp ?? throw json.Missing("timestamp");
        var version = schemaVersion ?? throw json.Missing("schemaVersion");
        if (!hasPayload)
        {
            throw json.Missing("payload");
        }

        var source = EventPayloadJson.Read(ref payload, typeName, out var category);
        return new DataPlaneEnvelope
        {
            EventId = id,
            Timestamp = time,
            EventType = category,
            SchemaVersion = version,
            CorrelationId = correlationId,
            SpanId = spanId,
            Metadata = metadata,
            Payload = source,
        };
    }

    private static void WriteEventType(Utf8JsonWriter json, DataPlaneEnvelope envelope)
    {
        if (envelope.Payload is UnknownEvent unknown)
        {
            json.WriteString(EventType, unknown.EventTypeName);
        }
        else
        {
            EnumText<DataPlaneEventType>.Write(json, EventType, envelope.EventType, null);
        }
    }
}
