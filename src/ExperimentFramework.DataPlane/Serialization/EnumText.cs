using System.Collections.Frozen;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace ExperimentFramework.DataPlane;

/// <summary>Converts between enumeration values of events and their names in JSON.</summary>
internal static class EnumText<TEnum>
    where TEnum : struct, Enum
{
    private static readonly string[] Names = Enum.GetNames<TEnum>();

    /// <summary>The names by number; null for numbers that no name has.</summary>
    private static readonly JsonEncodedText?[] Encoded = ByNumber();

    private static readonly FrozenDictionary<string, TEnum> Values =
        Names.Zip(Enum.GetValues<TEnum>()).ToFrozenDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal);

    /// <summary>The undefined value that a reader returns for an unknown name.</summary>
    public static TEnum Unknown => Unsafe.BitCast<int, TEnum>(-1);

    /// <summary>Writes the name of a value; for an undefined value, the text that was read originally or, if there is none, the number.</summary>
    public static void Write(Utf8JsonWriter json, JsonEncodedText field, TEnum value, IReadOnlyDictionary<string, string>? unknown)
    {
        // The enumerations of events have small numbers.
        var number = Unsafe.BitCast<TEnum, int>(value);
        if ((uint)number < (uint)Encoded.Length && Encoded[number] is { } name)
        {
            json.WriteString(field, name);
        }
        else if (unknown is not null && unknown.TryGetValue(field.Value, out var text))
        {
            json.WriteString(field, text);
        }
        else
        {
            json.WriteString(field, number.ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <summary>Returns the name of a value; for an undefined value, the text that was read originally or, if there is none, the number.</summary>
    public static string Of(string field, TEnum value, IReadOnlyDictionary<string, string>? unknown)
    {
        var number = Unsafe.BitCast<TEnum, int>(value);
        return (uint)number < (uint)Encoded.Length && Encoded[number] is { } name ? name.Value
            : unknown is not null && unknown.TryGetValue(field, out var text) ? text
            : number.ToString(CultureInfo.InvariantCulture);
    }

    private static JsonEncodedText?[] ByNumber()
    {
        var values = Enum.GetValues<TEnum>();
        var encoded = new JsonEncodedText?[values.Max(value => Unsafe.BitCast<TEnum, int>(value)) + 1];
        foreach (var value in values)
        {
            encoded[Unsafe.BitCast<TEnum, int>(value)] = JsonEncodedText.Encode(Enum.GetName(value)!);
        }

        return encoded;
    }

    public static bool TryParse(string name, out TEnum value) => Values.TryGetValue(name, out value);
}
