using System.Buffers;
using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// The attributes of an event as a CloudEvent (CloudEvents 1.0.2, sections 3.1 and 3.2), for structured and for binary mode. A value that section 3.1 does not allow in an attribute, such as one
/// with a control character, is left out.
/// </summary>
internal static class CloudEventAttributes
{
    /// <summary>The start of every <c>type</c>; the category of the event follows.</summary>
    public const string TypePrefix = "ExperimentFramework.DataPlane.";

    /// <summary>The start of every <c>source</c>; the name of the experiment follows, escaped as RFC 3986 says.</summary>
    public const string SourcePrefix = "urn:experimentframework:experiment:";

    /// <summary>The version of the specification.</summary>
    public const string SpecVersionValue = "1.0";

    /// <summary>The content type of the data.</summary>
    public const string DataContentTypeValue = "application/json";

    private const string SchemaPrefix = "urn:experimentframework:dataplane:";

    /// <summary>Longer values are rare, and are created as strings.</summary>
    private const int StackBytes = 512;

    public static readonly JsonEncodedText SpecVersion = JsonEncodedText.Encode("specversion");
    public static readonly JsonEncodedText Id = JsonEncodedText.Encode("id");
    public static readonly JsonEncodedText Source = JsonEncodedText.Encode("source");
    public static readonly JsonEncodedText Type = JsonEncodedText.Encode("type");
    public static readonly JsonEncodedText Time = JsonEncodedText.Encode("time");
    public static readonly JsonEncodedText DataContentType = JsonEncodedText.Encode("datacontenttype");
    public static readonly JsonEncodedText DataSchema = JsonEncodedText.Encode("dataschema");
    public static readonly JsonEncodedText Subject = JsonEncodedText.Encode("subject");
    public static readonly JsonEncodedText TenantId = JsonEncodedText.Encode("tenantid");
    public static readonly JsonEncodedText CorrelationId = JsonEncodedText.Encode("correlationid");
    public static readonly JsonEncodedText SpanId = JsonEncodedText.Encode("spanid");
    public static readonly JsonEncodedText Metadata = JsonEncodedText.Encode("metadata");

    /// <summary>The type, and the schema without its version, of every category that this version writes.</summary>
    private static readonly FrozenDictionary<DataPlaneEventType, (string Type, string Schema)> Known = Enum.GetValues<DataPlaneEventType>().ToFrozenDictionary(
        category => category,
        category => (TypePrefix + category, $"{SchemaPrefix}{JsonNamingPolicy.KebabCaseLower.ConvertName(category.ToString())}:"));

    /// <summary>Writes the attributes of an event: allocates nothing for an event without metadata.</summary>
    public static void Write<TTarget>(DataPlaneEnvelope envelope, ref TTarget target)
        where TTarget : ICloudEventTarget
    {
        Span<byte> value = stackalloc byte[StackBytes];
        target.Add(SpecVersion, SpecVersionValue);
        envelope.EventId.TryFormat(value, out var length);
        target.Add(Id, value[..length]);
        WriteSource(envelope.Payload.ExperimentName, value, ref target);
        var isKnown = Known.TryGetValue(envelope.EventType, out var known);
        target.Add(Type, isKnown ? known.Type : TypePrefix + CategoryOf(envelope));
        envelope.Timestamp.UtcDateTime.TryFormat(value, out length, "O", CultureInfo.InvariantCulture);
        target.Add(Time, value[..length]);
        target.Add(DataContentType, DataContentTypeValue);
        if (isKnown)
        {
            Add(DataSchema, known.Schema, envelope.SchemaVersion, value, ref target);
        }

        AddOptional(Subject, EventSubject.IdOf(envelope.Payload), ref target);
        AddOptional(TenantId, EventSubject.TenantOf(envelope.Payload), ref target);
        AddOptional(CorrelationId, envelope.CorrelationId, ref target);
        AddOptional(SpanId, envelope.SpanId, ref target);
        if (envelope.Metadata is { } metadata)
        {
            WriteMetadata(metadata, ref target);
        }
    }

    /// <summary>Reads metadata from the JSON object that the attribute holds as text.</summary>
    /// <returns>Null if it holds something else.</returns>
    public static Dictionary<string, string>? ReadMetadata(string text)
    {
        try
        {
            var json = new JsonCursor(Encoding.UTF8.GetBytes(text));
            json.Start();
            var metadata = EventPayloadJson.ReadMetadata(ref json);
            json.End();
            return metadata;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Returns the name of an event's category.</summary>
    public static string CategoryOf(DataPlaneEnvelope envelope) =>
        envelope.Payload is UnknownEvent unknown ? unknown.EventTypeName : EnumText<DataPlaneEventType>.Of("eventType", envelope.EventType, null);

    /// <summary>Returns the category in a type.</summary>
    /// <returns>Null if it is the type of another application's event.</returns>
    public static string? ReadType(string type) =>
        type.StartsWith(TypePrefix, StringComparison.Ordinal) && type.Length > TypePrefix.Length ? type[TypePrefix.Length..] : null;

    /// <summary>Returns the version at the end of a schema.</summary>
    /// <returns>Null if the schema is not one of this library's.</returns>
    public static string? ReadSchemaVersion(string schema) => schema.StartsWith(SchemaPrefix, StringComparison.Ordinal) ? schema[(schema.LastIndexOf(':') + 1)..] : null;

    /// <summary>The experiment is the context in which the event happened; a name may contain characters that a URI may not.</summary>
    private static void WriteSource<TTarget>(string experiment, Span<byte> value, ref TTarget target)
        where TTarget : ICloudEventTarget
    {
        Span<char> escaped = stackalloc char[StackBytes];
        if (WellFormedText.IsWellFormed(experiment) && Uri.TryEscapeDataString(experiment, escaped, out var length))
        {
            Add(Source, SourcePrefix, escaped[..length], value, ref target);
        }
        else
        {
            target.Add(Source, SourcePrefix + Uri.EscapeDataString(WellFormedText.Of(experiment)));
        }
    }

    private static void Add<TTarget>(JsonEncodedText name, string prefix, ReadOnlySpan<char> rest, Span<byte> value, ref TTarget target)
        where TTarget : ICloudEventTarget
    {
        if (Utf8.TryWrite(value, CultureInfo.InvariantCulture, $"{prefix}{rest}", out var length))
        {
            target.Add(name, value[..length]);
        }
        else
        {
            target.Add(name, string.Concat(prefix, rest));
        }
    }

    private static void AddOptional<TTarget>(JsonEncodedText name, string? value, ref TTarget target)
        where TTarget : ICloudEventTarget
    {
        if (!string.IsNullOrEmpty(value) && IsAllowed(value))
        {
            target.Add(name, value);
        }
    }

    /// <summary>Escapes all but ASCII, so that the text is one that headers and section 3.1 allow.</summary>
    private static void WriteMetadata<TTarget>(IReadOnlyDictionary<string, string> metadata, ref TTarget target)
        where TTarget : ICloudEventTarget
    {
        var text = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(text))
        {
            EventPayloadJson.WriteMetadata(json, metadata);
        }

        target.Add(Metadata, text.WrittenSpan);
    }

    /// <summary>The characters of the type String of section 3.1: no control characters, no noncharacters, no half of a surrogate pair.</summary>
    private static bool IsAllowed(string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsControl(rune) || (rune.Value & 0xFFFE) == 0xFFFE || rune.Value is >= 0xFDD0 and <= 0xFDEF)
            {
                return false;
            }
        }

        return WellFormedText.IsWellFormed(text);
    }
}
