using System.Text;
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
        if (envelope.Metadata is { } metadata)
        {
            json.WritePropertyName(Metadata);
            WriteMetadata(json, metadata);
        }

        json.WritePropertyName(Payload);
        var replaced = WritePayload(json, envelope.Payload);
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
                case "metadata":
                    metadata = json.TokenType == JsonTokenType.Null ? null : ReadMetadata(ref json);
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
        var knows = EnumText<DataPlaneEventType>.TryParse(typeName, out var category);
        return new DataPlaneEnvelope
        {
            EventId = eventId ?? throw json.Missing("eventId"),
            Timestamp = timestamp ?? throw json.Missing("timestamp"),
            EventType = knows ? category : EnumText<DataPlaneEventType>.Unknown,
            SchemaVersion = schemaVersion ?? throw json.Missing("schemaVersion"),
            CorrelationId = correlationId,
            Metadata = metadata,
            Payload = !hasPayload ? throw json.Missing("payload")
                : knows ? ReadPayload(ref payload, category)
                : ReadUnknown(ref payload, typeName),
        };
    }

    /// <summary>Writes metadata as an object.</summary>
    public static void WriteMetadata(Utf8JsonWriter json, IReadOnlyDictionary<string, string> metadata)
    {
        json.WriteStartObject();
        foreach (var (name, value) in WellFormed(metadata))
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
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

    /// <summary>Rejects names that differ only in unpaired surrogates: they would be written as a duplicate name, which no reader accepts.</summary>
    private static IReadOnlyDictionary<string, string> WellFormed(IReadOnlyDictionary<string, string> metadata)
    {
        var isWellFormed = true;
        foreach (var (name, _) in metadata)
        {
            isWellFormed &= WellFormedText.IsWellFormed(name);
        }

        if (isWellFormed)
        {
            return metadata;
        }

        var wellFormed = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in metadata)
        {
            wellFormed[WellFormedText.Of(name)] = value;
        }

        return wellFormed;
    }

    private static int WritePayload(Utf8JsonWriter json, DataPlaneEvent payload)
    {
        if (payload is UnknownEvent unknown)
        {
            json.WriteRawValue(unknown.Json);
            return 0;
        }

        var replaced = 0;
        json.WriteStartObject();
        switch (payload)
        {
            case ExposureEvent exposure:
                replaced = ExposureEventJson.Write(json, exposure);
                break;
            case AssignmentEvent assignment:
                AssignmentEventJson.Write(json, assignment);
                break;
            case OutcomeEvent outcome:
                OutcomeEventJson.Write(json, outcome);
                break;
            case AnalysisSignalEvent signal:
                replaced = AnalysisSignalEventJson.Write(json, signal);
                break;
            case ErrorEvent error:
                replaced = ErrorEventJson.Write(json, error);
                break;
            case AccountingEvent account:
                AccountingEventJson.Write(json, account);
                break;
            case MetricEvent metric:
                replaced = MetricEventJson.Write(json, metric);
                break;
        }

        json.WriteEndObject();
        return replaced;
    }

    private static DataPlaneEvent ReadPayload(ref JsonCursor json, DataPlaneEventType category) => category switch
    {
        DataPlaneEventType.Exposure => ExposureEventJson.Read(ref json),
        DataPlaneEventType.Assignment => AssignmentEventJson.Read(ref json),
        DataPlaneEventType.Outcome => OutcomeEventJson.Read(ref json),
        DataPlaneEventType.AnalysisSignal => AnalysisSignalEventJson.Read(ref json),
        DataPlaneEventType.Metric => MetricEventJson.Read(ref json),
        DataPlaneEventType.Accounting => AccountingEventJson.Read(ref json),
        _ => ErrorEventJson.Read(ref json),
    };

    private static UnknownEvent ReadUnknown(ref JsonCursor json, string eventType)
    {
        var text = json;
        string? experimentName = null;
        DateTimeOffset? timestamp = null;
        string? schemaVersion = null;
        var members = json.Enter();
        while (json.Next(ref members, out var name))
        {
            switch (name)
            {
                case "experimentName":
                    experimentName = json.Text();
                    break;
                case "timestamp":
                    timestamp = json.Time();
                    break;
                case "schemaVersion":
                    schemaVersion = EventJson.ReadVersion(ref json);
                    break;
                default:
                    json.Skip();
                    break;
            }
        }

        return new UnknownEvent
        {
            SchemaVersion = schemaVersion ?? throw json.Missing("schemaVersion"),
            ExperimentName = experimentName ?? throw json.Missing("experimentName"),
            Timestamp = timestamp ?? throw json.Missing("timestamp"),
            EventTypeName = eventType,
            Json = Encoding.UTF8.GetString(text.Raw()),
        };
    }

    private static Dictionary<string, string> ReadMetadata(ref JsonCursor json)
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        var members = json.Enter();
        while (json.Next(ref members, out var name))
        {
            metadata[name] = json.Text();
        }

        return metadata;
    }
}
