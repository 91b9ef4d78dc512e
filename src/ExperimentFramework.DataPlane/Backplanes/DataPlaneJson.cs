using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace ExperimentFramework.DataPlane;

/// <summary>Envelopes as JSON and back, by source-generated code: camelCase names, enums as text, absent instead of null.</summary>
public static class DataPlaneJson
{
    /// <summary>Writes an envelope as one line of JSON.</summary>
    /// <param name="envelope">The envelope.</param>
    /// <returns>The JSON text.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="envelope"/> is null.</exception>
    public static string Serialize(DataPlaneEnvelope envelope)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("eventId"u8, envelope.EventId);
            writer.WriteString("timestamp"u8, envelope.Timestamp);
            writer.WriteString("eventType"u8, envelope.EventType.ToString());
            writer.WriteString("schemaVersion"u8, envelope.SchemaVersion);
            if (envelope.CorrelationId is not null)
            {
                writer.WriteString("correlationId"u8, envelope.CorrelationId);
            }

            if (envelope.Metadata is not null)
            {
                writer.WritePropertyName("metadata"u8);
                JsonSerializer.Serialize(writer, envelope.Metadata, DataPlaneJsonContext.Default.IReadOnlyDictionaryStringString);
            }

            writer.WritePropertyName("payload"u8);
            JsonSerializer.Serialize(writer, envelope.Payload, PayloadType(envelope.Payload.EventType));
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Reads an envelope that <see cref="Serialize"/> wrote; members it does not know are passed over.</summary>
    /// <param name="json">The JSON text.</param>
    /// <returns>The envelope.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="json"/> is null.</exception>
    /// <exception cref="JsonException">The text is not an envelope; the message names the member.</exception>
    public static DataPlaneEnvelope Deserialize(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new JsonException($"An envelope is a JSON object, not {root.ValueKind}.");
        }

        var eventTypeText = Text(root, "eventType");
        if (!Enum.TryParse<DataPlaneEventType>(eventTypeText, out var eventType) || !Enum.IsDefined(eventType))
        {
            throw new JsonException($"eventType is '{eventTypeText}'; expected one of {string.Join(", ", Enum.GetNames<DataPlaneEventType>())}.");
        }

        return new DataPlaneEnvelope
        {
            EventId = Required(root, "eventId").TryGetGuid(out var id) ? id : throw new JsonException("eventId is not a UUID."),
            Timestamp = Required(root, "timestamp").TryGetDateTimeOffset(out var timestamp)
                ? timestamp
                : throw new JsonException("timestamp is not an ISO 8601 time."),
            EventType = eventType,
            SchemaVersion = Text(root, "schemaVersion"),
            CorrelationId = root.TryGetProperty("correlationId", out _) ? Text(root, "correlationId") : null,
            Metadata = root.TryGetProperty("metadata", out var metadata)
                ? metadata.Deserialize(DataPlaneJsonContext.Default.IReadOnlyDictionaryStringString)
                : null,
            Payload = Required(root, "payload", JsonValueKind.Object).Deserialize(PayloadType(eventType)) as DataPlaneEvent
                ?? throw new JsonException("payload is not an event."),
        };
    }

    private static JsonTypeInfo PayloadType(DataPlaneEventType eventType) => eventType switch
    {
        DataPlaneEventType.Exposure => DataPlaneJsonContext.Default.ExposureEvent,
        DataPlaneEventType.Assignment => DataPlaneJsonContext.Default.AssignmentEvent,
        DataPlaneEventType.Outcome => DataPlaneJsonContext.Default.OutcomeEvent,
        DataPlaneEventType.AnalysisSignal => DataPlaneJsonContext.Default.AnalysisSignalEvent,
        DataPlaneEventType.Error => DataPlaneJsonContext.Default.ErrorEvent,
        _ => throw new JsonException($"There is no event of type {eventType}."),
    };

    private static string Text(JsonElement root, string name) => Required(root, name).GetString()!;

    private static JsonElement Required(JsonElement root, string name, JsonValueKind kind = JsonValueKind.String)
    {
        if (!root.TryGetProperty(name, out var value))
        {
            throw new JsonException($"The envelope has no member '{name}'.");
        }

        return value.ValueKind == kind ? value : throw new JsonException($"{name} is {value.ValueKind}; expected {kind}.");
    }
}

/// <summary>The source-generated serializers of the events.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    RespectRequiredConstructorParameters = true,
    Converters = [typeof(AttributeValuesConverter)])]
[JsonSerializable(typeof(ExposureEvent))]
[JsonSerializable(typeof(AssignmentEvent))]
[JsonSerializable(typeof(OutcomeEvent))]
[JsonSerializable(typeof(AnalysisSignalEvent))]
[JsonSerializable(typeof(ErrorEvent))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
internal sealed partial class DataPlaneJsonContext : JsonSerializerContext;
