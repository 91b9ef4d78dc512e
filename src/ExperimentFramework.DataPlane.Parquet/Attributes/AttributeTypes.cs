using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>The types of attributes whose values are kept as text, so that a reader returns exactly what was written.</summary>
/// <remarks>Arrays and nested values are JSON: their type is <c>json</c>, or an object whose member <c>json</c> has the types that JSON does not distinguish.</remarks>
internal static class AttributeTypes
{
    private const string JsonType = "json";

    /// <summary>Writes the type of a value that is not text, as a member of the types of its event.</summary>
    public static void Write(Utf8JsonWriter types, string name, object value)
    {
        switch (value)
        {
            case bool:
                types.WriteString(name, "boolean"u8);
                break;
            case long:
                types.WriteString(name, "long"u8);
                break;
            case double:
                types.WriteString(name, "double"u8);
                break;
            case decimal:
                types.WriteString(name, "decimal"u8);
                break;
            case Guid:
                types.WriteString(name, "uuid"u8);
                break;
            case DateTimeOffset:
                types.WriteString(name, "timestamp"u8);
                break;
            default:
                WriteNested(types, name, value);
                break;
        }
    }

    public static Dictionary<string, object>? Read(ReadOnlySpan<byte> types)
    {
        var json = new JsonCursor(types);
        json.Start();
        return AttributesJson.ReadTypes(ref json);
    }

    /// <summary>Reads a value from its text.</summary>
    /// <param name="type">The type, as <see cref="Read"/> returned it.</param>
    /// <param name="text">The text in UTF-8.</param>
    public static object? Value(object type, ReadOnlySpan<byte> text) => type switch
    {
        "boolean" => text.SequenceEqual("true"u8),
        "long" => long.Parse(text, CultureInfo.InvariantCulture),
        "double" => double.Parse(text, CultureInfo.InvariantCulture),
        "decimal" => decimal.Parse(text, CultureInfo.InvariantCulture),
        "uuid" => Guid.Parse(Encoding.UTF8.GetString(text), CultureInfo.InvariantCulture),
        "timestamp" => DateTimeOffset.Parse(Encoding.UTF8.GetString(text), CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind),
        JsonType => Nested(text, null),
        Dictionary<string, object> nested when nested.TryGetValue(JsonType, out var inner) => Nested(text, inner),
        _ => Encoding.UTF8.GetString(text),
    };

    /// <summary>Returns the JSON of an array or of nested values.</summary>
    public static ReadOnlySpan<byte> Json(JsonText text, object value)
    {
        AttributesJson.WriteValues(text.Begin(), Alone(value));
        return Inside(text.End());
    }

    private static void WriteNested(Utf8JsonWriter types, string name, object value)
    {
        using var text = new JsonText();
        AttributesJson.WriteTypes(text.Begin(), Alone(value));
        if (Inside(text.End()) is { Length: > 0 } inner)
        {
            types.WriteStartObject(name);
            types.WritePropertyName(JsonType);
            types.WriteRawValue(inner, skipInputValidation: true);
            types.WriteEndObject();
        }
        else
        {
            types.WriteString(name, JsonType);
        }
    }

    private static object? Nested(ReadOnlySpan<byte> text, object? types)
    {
        var json = new JsonCursor([.. "{\"\":"u8, .. text, .. "}"u8]);
        json.Start();
        return AttributesJson.Read(ref json, types is null ? null : new Dictionary<string, object>(StringComparer.Ordinal) { [""] = types })[""];
    }

    /// <summary>Writes the value as the only one, without a name, because the length of what surrounds it is known.</summary>
    private static Dictionary<string, object?> Alone(object value) => new(StringComparer.Ordinal) { [""] = value };

    private static ReadOnlySpan<byte> Inside(ReadOnlySpan<byte> alone) => alone.StartsWith("{\"\":"u8) ? alone["{\"\":".Length..^1] : [];
}
