using System.Text.Json;

namespace ExperimentFramework.DataPlane;

/// <summary>Writes and reads the fields that all events share: required fields first, absent fields instead of null.</summary>
internal static class EventJson
{
    private static readonly JsonEncodedText EventType = JsonEncodedText.Encode("eventType");
    private static readonly JsonEncodedText SchemaVersion = JsonEncodedText.Encode("schemaVersion");
    private static readonly JsonEncodedText ExperimentName = JsonEncodedText.Encode("experimentName");
    private static readonly JsonEncodedText Timestamp = JsonEncodedText.Encode("timestamp");

    /// <summary>The major schema version of the events that this version writes and reads.</summary>
    public const string MajorVersion = "1.";

    /// <summary>Writes the fields that every event has.</summary>
    public static void WriteCommon(Utf8JsonWriter json, DataPlaneEvent source)
    {
        EnumText<DataPlaneEventType>.Write(json, EventType, source.EventType, null);
        json.WriteString(SchemaVersion, source.SchemaVersion);
        json.WriteString(ExperimentName, source.ExperimentName);
        WriteTime(json, Timestamp, source.Timestamp);
    }

    /// <summary>Writes a time in UTC with all seven fractional digits, so that the order of the text is the order of time.</summary>
    public static void WriteTime(Utf8JsonWriter json, JsonEncodedText name, DateTimeOffset time)
    {
        Span<byte> text = stackalloc byte[32];
        time.UtcDateTime.TryFormat(text, out var length, "O");
        json.WriteString(name, text[..length]);
    }

    public static void WriteOptional(Utf8JsonWriter json, JsonEncodedText name, string? text)
    {
        if (text is not null)
        {
            json.WriteString(name, text);
        }
    }

    /// <summary>Writes a time span as a number of seconds, if there is one.</summary>
    public static void WriteSeconds(Utf8JsonWriter json, JsonEncodedText name, TimeSpan? time)
    {
        if (time is { } known)
        {
            json.WriteNumber(name, known.Ticks / (decimal)TimeSpan.TicksPerSecond);
        }
    }

    /// <summary>Writes a double. JSON has no numbers for NaN and the infinities, so these are strings.</summary>
    public static void WriteDouble(Utf8JsonWriter json, JsonEncodedText name, double number)
    {
        if (double.IsFinite(number))
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteString(name, AttributeValues.Text(number));
        }
    }

    /// <summary>Reads the version, and rejects one that is not supported.</summary>
    public static string ReadVersion(ref JsonCursor json)
    {
        var version = json.Text();
        return version.StartsWith(MajorVersion, StringComparison.Ordinal) ? version : throw json.Invalid("is an unsupported major version", "1.x");
    }
}
