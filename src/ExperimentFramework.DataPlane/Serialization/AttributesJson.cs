using System.Globalization;
using System.Text.Json;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Writes and reads attributes as plain JSON that analysts can read directly, with a sparse sibling object that specifies types only where JSON itself does
/// not.
/// </summary>
/// <remarks>
/// Strings, true, false and null are written as such. A number without fraction and exponent is a long, and one with either is a double. Decimals are numbers
/// too, and UUIDs and times are strings; these, doubles that are not JSON numbers, and empty arrays have a type. Types mirror the nesting of the values.
/// </remarks>
internal static class AttributesJson
{
    private const string Decimal = "decimal";
    private const string Double = "double";
    private const string Uuid = "uuid";
    private const string Timestamp = "timestamp";
    private const string Text = "string";
    private const string Boolean = "boolean";
    private const string Long = "long";
    private const string ArraySuffix = "[]";

    /// <summary>The smallest positive double that is written with an exponent and no fraction.</summary>
    private const double FirstWithExponent = 1e15;

    /// <summary>The names of the types, for the schema.</summary>
    public static IReadOnlyList<string> TypeNames { get; } =
    [
        .. new[] { Decimal, Double, Uuid, Timestamp }.Concat(new[] { Text, Boolean, Long, Decimal, Double, Uuid, Timestamp }.Select(type => type + ArraySuffix)),
    ];

    /// <summary>Writes two members: the values and, if needed, their types.</summary>
    /// <returns>The number of values that were replaced with the name of their type.</returns>
    public static int Write(
        Utf8JsonWriter json, JsonEncodedText valuesName, JsonEncodedText typesName, IReadOnlyDictionary<string, object?> values)
    {
        var own = Canonical(values, out var replaced);
        json.WritePropertyName(valuesName);
        if (WriteValues(json, own, keepsExponents: true))
        {
            json.WritePropertyName(typesName);
            WriteTypes(json, own, keepsExponents: true);
        }

        return replaced;
    }

    /// <summary>Returns the values with only the types that events can carry: the original if it has no others.</summary>
    /// <param name="values">The values.</param>
    /// <param name="replaced">The number of values that were replaced with the name of their type.</param>
    public static Dictionary<string, object?> Canonical(IReadOnlyDictionary<string, object?> values, out int replaced)
    {
        replaced = 0;
        if (values is not Dictionary<string, object?> own)
        {
            return Convert(values, out replaced);
        }

        // The enumerator of Dictionary is a struct, so it is not boxed.
        foreach (var (name, value) in own)
        {
            if (!AttributeValues.IsScalar(value) || !WellFormedText.IsWellFormed(name))
            {
                return Convert(own, out replaced);
            }
        }

        return own;
    }

    /// <summary>Writes canonical values as an object.</summary>
    /// <param name="json">The writer.</param>
    /// <param name="canonical">The values.</param>
    /// <param name="keepsExponents">Whether the storage of the JSON keeps the exponents of numbers, which distinguish large doubles from longs.</param>
    /// <returns>Whether the types must be written too.</returns>
    public static bool WriteValues(Utf8JsonWriter json, Dictionary<string, object?> canonical, bool keepsExponents = true)
    {
        json.WriteStartObject();
        var isTyped = WriteEntries(json, canonical, keepsExponents);
        json.WriteEndObject();
        return isTyped;
    }

    /// <summary>Writes the types of canonical values as an object.</summary>
    /// <inheritdoc cref="WriteValues"/>
    public static void WriteTypes(Utf8JsonWriter json, Dictionary<string, object?> canonical, bool keepsExponents = true)
    {
        json.WriteStartObject();
        WriteTypeEntries(json, canonical, keepsExponents);
        json.WriteEndObject();
    }

    /// <summary>Reads values.</summary>
    /// <param name="json">The cursor, at the value of the member.</param>
    /// <param name="types">The result of <see cref="ReadTypes"/>; null if no value has a type.</param>
    public static Dictionary<string, object?> Read(ref JsonCursor json, Dictionary<string, object>? types)
    {
        var values = new Dictionary<string, object?>(StringComparer.Ordinal);
        var members = json.Enter();
        while (json.Next(ref members, out var name))
        {
            values[name] = ReadValue(ref json, types?.GetValueOrDefault(name));
        }

        return values;
    }

    /// <summary>Reads types: by name, the name of a type or, for a nested object, its own types; null for JSON null.</summary>
    public static Dictionary<string, object>? ReadTypes(ref JsonCursor json) => json.TokenType == JsonTokenType.Null ? null : ReadNamedTypes(ref json);

    private static Dictionary<string, object?> Convert(IReadOnlyDictionary<string, object?> values, out int replaced)
    {
        var canonical = AttributeConversion.Canonical(values);
        replaced = (canonical as ReplacedValue)?.Count ?? 0;
        return (canonical as ReplacedValue)?.Value as Dictionary<string, object?> ?? canonical as Dictionary<string, object?> ?? [];
    }

    private static bool WriteEntries(Utf8JsonWriter json, Dictionary<string, object?> values, bool keepsExponents)
    {
        var isTyped = false;
        foreach (var (name, value) in values)
        {
            json.WritePropertyName(name);
            switch (value)
            {
                case Dictionary<string, object?> nested:
                    json.WriteStartObject();
                    isTyped |= WriteEntries(json, nested, keepsExponents);
                    json.WriteEndObject();
                    break;
                case Array array:
                    json.WriteStartArray();
                    foreach (var item in array)
                    {
                        WriteScalar(json, item);
                    }

                    json.WriteEndArray();
                    isTyped |= TypeOf(array, keepsExponents) is not null;
                    break;
                default:
                    WriteScalar(json, value);
                    isTyped |= TypeOfScalar(value, keepsExponents) is not null;
                    break;
            }
        }

        return isTyped;
    }

    private static void WriteTypeEntries(Utf8JsonWriter json, Dictionary<string, object?> values, bool keepsExponents)
    {
        foreach (var (name, value) in values)
        {
            if (value is Dictionary<string, object?> nested)
            {
                if (HasTypes(nested, keepsExponents))
                {
                    json.WritePropertyName(name);
                    WriteTypes(json, nested, keepsExponents);
                }
            }
            else if ((value is Array array ? TypeOf(array, keepsExponents) : TypeOfScalar(value, keepsExponents)) is { } type)
            {
                json.WriteString(name, type);
            }
        }
    }

    private static bool HasTypes(Dictionary<string, object?> values, bool keepsExponents) => values.Values.Any(value => value switch
    {
        Dictionary<string, object?> nested => HasTypes(nested, keepsExponents),
        Array array => TypeOf(array, keepsExponents) is not null,
        _ => TypeOfScalar(value, keepsExponents) is not null,
    });

    private static void WriteScalar(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case string text:
                json.WriteStringValue(text);
                break;
            case bool boolean:
                json.WriteBooleanValue(boolean);
                break;
            case long number:
                json.WriteNumberValue(number);
                break;
            case double number when double.IsFinite(number):
                WriteDouble(json, number);
                break;
            case decimal number:
                json.WriteNumberValue(number);
                break;
            case Guid id:
                json.WriteStringValue(id);
                break;
            default:
                json.WriteStringValue(AttributeValues.Text(value));
                break;
        }
    }

    /// <summary>Writes a double, always with a fraction or an exponent, so that it is read back as a double.</summary>
    private static void WriteDouble(Utf8JsonWriter json, double value)
    {
        Span<byte> text = stackalloc byte[40];
        value.TryFormat(text, out var length, "R", CultureInfo.InvariantCulture);
        if (!text[..length].ContainsAny((byte)'.', (byte)'E'))
        {
            ".0"u8.CopyTo(text[length..]);
            length += 2;
        }

        json.WriteRawValue(text[..length], skipInputValidation: true);
    }

    private static string? TypeOfScalar(object? value, bool keepsExponents) => value switch
    {
        decimal => Decimal,
        Guid => Uuid,
        DateTimeOffset => Timestamp,
        double number when IsUnlikeADouble(number, keepsExponents) => Double,
        _ => null,
    };

    /// <summary>Whether the JSON of a double is not a number, or that of a long.</summary>
    private static bool IsUnlikeADouble(double number, bool keepsExponents) =>
        !double.IsFinite(number) || (!keepsExponents && Math.Abs(number) >= FirstWithExponent);

    private static string? TypeOf(Array array, bool keepsExponents) => array switch
    {
        decimal[] or decimal?[] => Decimal + ArraySuffix,
        Guid[] or Guid?[] => Uuid + ArraySuffix,
        DateTimeOffset[] or DateTimeOffset?[] => Timestamp + ArraySuffix,
        double[] or double?[] => array.Length == 0 || array.Cast<double?>().Any(number => number is { } set && IsUnlikeADouble(set, keepsExponents)) ? Double + ArraySuffix : null,
        { Length: > 0 } => null,
        long[] => Long + ArraySuffix,
        bool[] => Boolean + ArraySuffix,
        _ => Text + ArraySuffix,
    };

    private static Dictionary<string, object> ReadNamedTypes(ref JsonCursor json)
    {
        var types = new Dictionary<string, object>(StringComparer.Ordinal);
        var members = json.Enter();
        while (json.Next(ref members, out var name))
        {
            types[name] = json.TokenType == JsonTokenType.StartObject ? ReadNamedTypes(ref json) : json.Text();
        }

        return types;
    }

    private static object? ReadValue(ref JsonCursor json, object? type)
    {
        switch (json.TokenType)
        {
            case JsonTokenType.StartObject:
                return Read(ref json, type as Dictionary<string, object>);
            case JsonTokenType.StartArray:
                var itemType = type is string name && name.EndsWith(ArraySuffix, StringComparison.Ordinal) ? name[..^ArraySuffix.Length] : null;
                var items = new List<object?>();
                var members = json.EnterArray();
                while (json.NextItem(ref members))
                {
                    items.Add(json.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray
                        ? throw json.Unexpected("a string, a number, true, false or null")
                        : ReadScalar(ref json, itemType));
                }

                return items.Count > 0 ? AttributeValues.ArrayOf(items) : EmptyArray(itemType);
            default:
                return ReadScalar(ref json, type as string);
        }
    }

    private static object? ReadScalar(ref JsonCursor json, string? type) => json.TokenType switch
    {
        JsonTokenType.Null => null,
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        JsonTokenType.Number => type switch
        {
            Decimal => json.Decimal(),
            Double => json.Double(),
            _ => json.Number(),
        },
        _ => type switch
        {
            Uuid => json.Uuid(),
            Timestamp => json.Time(),
            Double => json.Double(),
            Decimal => throw json.Unexpected("a number"),
            _ => json.Text(),
        },
    };

    private static Array EmptyArray(string? type) => type switch
    {
        Decimal => Array.Empty<decimal>(),
        Uuid => Array.Empty<Guid>(),
        Timestamp => Array.Empty<DateTimeOffset>(),
        Double => Array.Empty<double>(),
        Long => Array.Empty<long>(),
        Boolean => Array.Empty<bool>(),
        _ => Array.Empty<string>(),
    };
}
