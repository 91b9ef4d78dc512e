using System.Globalization;
using System.Text.Json;

namespace ExperimentFramework.DataPlane;

/// <summary>The fields that are read from a CloudEvent's attributes: those that the envelope has and its event does not.</summary>
internal struct CloudEventFields
{
    public const string ExpectedType = $"a type that begins with {CloudEventAttributes.TypePrefix}";

    public const string ExpectedMetadata = "a JSON object of strings, as a string";

    public Guid? Id { get; set; }

    public DateTimeOffset? Time { get; set; }

    /// <summary>The category of the event: what follows <see cref="CloudEventAttributes.TypePrefix"/> in the type.</summary>
    public string? EventType { get; set; }

    /// <summary>The version in the data's schema; null if the schema is not one of this library's.</summary>
    public string? SchemaVersion { get; set; }

    public string? CorrelationId { get; set; }

    public string? SpanId { get; set; }

    public IReadOnlyDictionary<string, string>? Metadata { get; set; }

    /// <summary>Reads an attribute from the header of a message. Attributes that are not part of an envelope are ignored.</summary>
    /// <exception cref="JsonException">The value is not valid for the attribute; the message names the attribute and what is expected.</exception>
    public void ReadHeader(string name, string value)
    {
        switch (name)
        {
            case "specversion":
                _ = value is CloudEventAttributes.SpecVersionValue ? true : throw Invalid(name, CloudEventAttributes.SpecVersionValue);
                break;
            case "id":
                Id = Guid.TryParse(value, out var id) ? id : throw Invalid(name, "a UUID");
                break;
            case "type":
                EventType = CloudEventAttributes.ReadType(value) ?? throw Invalid(name, ExpectedType);
                break;
            case "time":
                Time = ReadTime(value) ?? throw Invalid(name, "an ISO 8601 time with Z or an offset");
                break;
            case "dataschema":
                SchemaVersion = CloudEventAttributes.ReadSchemaVersion(value);
                break;
            case "correlationid":
                CorrelationId = value;
                break;
            case "spanid":
                SpanId = value;
                break;
            case "metadata":
                Metadata = CloudEventAttributes.ReadMetadata(value) ?? throw Invalid(name, ExpectedMetadata);
                break;
        }
    }

    /// <summary>Creates the envelope of a message whose headers have been read.</summary>
    /// <param name="body">The event in UTF-8.</param>
    /// <exception cref="JsonException">A required attribute is missing, or the body is not an event.</exception>
    public readonly DataPlaneEnvelope ToEnvelope(ReadOnlySpan<byte> body)
    {
        var data = new JsonCursor(body);
        data.Start();
        var envelope = ToEnvelope(data, ref data);
        data.End();
        return envelope;
    }

    /// <summary>Creates the envelope.</summary>
    /// <param name="json">The object that the attributes were read from, for errors.</param>
    /// <param name="data">The event.</param>
    /// <exception cref="JsonException">A required attribute is missing, or the data is not an event.</exception>
    public readonly DataPlaneEnvelope ToEnvelope(in JsonCursor json, ref JsonCursor data)
    {
        var eventType = EventType ?? throw json.Missing("type");
        var id = Id ?? throw json.Missing("id");
        var time = Time ?? throw json.Missing("time");
        var payload = EventPayloadJson.Read(ref data, eventType, out var category);
        return new DataPlaneEnvelope
        {
            EventId = id,
            Timestamp = time,
            EventType = category,
            SchemaVersion = SchemaVersion ?? payload.SchemaVersion,
            CorrelationId = CorrelationId,
            SpanId = SpanId,
            Metadata = Metadata,
            Payload = payload,
        };
    }

    /// <summary>As in JSON, a time must have an offset: without one it would be another time on another machine.</summary>
    private static DateTimeOffset? ReadTime(string value)
    {
        var clock = value.IndexOf('T', StringComparison.Ordinal);
        return clock > 0 && value.AsSpan(clock).ContainsAny('Z', '+', '-') && DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var time) ? time : null;
    }

    /// <summary>Never quotes the value, which may be personal data.</summary>
    private static JsonException Invalid(string name, string expected) => new($"The attribute {name} has another value; expected {expected}.", "$." + name, null, null);
}
