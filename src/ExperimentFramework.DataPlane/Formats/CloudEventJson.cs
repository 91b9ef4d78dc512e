using System.Text.Json;

namespace ExperimentFramework.DataPlane;

/// <summary>Writes and reads events as CloudEvents in structured mode (JSON Event Format for CloudEvents 1.0.2).</summary>
internal static class CloudEventJson
{
    private static readonly JsonEncodedText Data = JsonEncodedText.Encode("data");

    /// <returns>The number of values that were replaced with the name of their type.</returns>
    public static int Write(Utf8JsonWriter json, DataPlaneEnvelope envelope)
    {
        json.WriteStartObject();
        var members = new Members(json);
        CloudEventAttributes.Write(envelope, ref members);
        json.WritePropertyName(Data);
        var replaced = EventPayloadJson.Write(json, envelope.Payload);
        json.WriteEndObject();
        return replaced;
    }

    /// <summary>Returns whether JSON is a CloudEvent rather than an envelope. Both begin with the member that shows it, unless the members were reordered.</summary>
    public static bool IsCloudEvent(ReadOnlySpan<byte> utf8Json)
    {
        try
        {
            var json = new Utf8JsonReader(utf8Json);
            json.Read();
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                if (json.ValueTextEquals("specversion"u8))
                {
                    return true;
                }

                if (json.ValueTextEquals("eventId"u8))
                {
                    return false;
                }

                json.Skip();
            }
        }
        catch (JsonException)
        {
            // Reading it reports what is wrong and where.
        }

        return false;
    }

    public static DataPlaneEnvelope Read(ref JsonCursor json)
    {
        var fields = default(CloudEventFields);
        var data = json;
        var hasData = false;
        var members = json.Enter();
        while (json.Next(ref members, out var name))
        {
            switch (name)
            {
                case "specversion":
                    _ = json.Text() is CloudEventAttributes.SpecVersionValue ? true : throw json.Invalid("is an unsupported version of CloudEvents", CloudEventAttributes.SpecVersionValue);
                    break;
                case "id":
                    fields.Id = json.Uuid();
                    break;
                case "type":
                    fields.EventType = CloudEventAttributes.ReadType(json.Text()) ?? throw json.Invalid("is another application's", CloudEventFields.ExpectedType);
                    break;
                case "time":
                    fields.Time = json.Time();
                    break;
                case "dataschema":
                    fields.SchemaVersion = json.OptionalText() is { } schema ? CloudEventAttributes.ReadSchemaVersion(schema) : null;
                    break;
                case "correlationid":
                    fields.CorrelationId = json.OptionalText();
                    break;
                case "spanid":
                    fields.SpanId = json.OptionalText();
                    break;
                case "metadata":
                    fields.Metadata = CloudEventAttributes.ReadMetadata(json.Text()) ?? throw json.Invalid("is another string", CloudEventFields.ExpectedMetadata);
                    break;
                case "data":
                    // The event's type may come after the data.
                    hasData = true;
                    data = json;
                    json.Skip();
                    break;
                default:
                    json.Skip();
                    break;
            }
        }

        return hasData ? fields.ToEnvelope(json, ref data) : throw json.Missing("data");
    }

    private readonly struct Members(Utf8JsonWriter json) : ICloudEventTarget
    {
        public void Add(JsonEncodedText name, string value) => json.WriteString(name, value);

        public void Add(JsonEncodedText name, ReadOnlySpan<byte> utf8Value) => json.WriteString(name, utf8Value);
    }
}
