using System.Collections.Frozen;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace ExperimentFramework.DataPlane;

/// <summary>The names of an enumeration of events as JSON has them.</summary>
internal static class EnumText<TEnum>
    where TEnum : struct, Enum
{
    private static readonly string[] Names = Enum.GetNames<TEnum>();

    private static readonly JsonEncodedText[] Encoded = [.. Names.Select(name => JsonEncodedText.Encode(name))];

    private static readonly FrozenDictionary<string, TEnum> Values =
        Names.Zip(Enum.GetValues<TEnum>()).ToFrozenDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal);

    /// <summary>What a reader gives for a name that it does not know.</summary>
    public static TEnum Unknown => Unsafe.BitCast<int, TEnum>(-1);

    /// <summary>Writes the name of a value; for an undefined one the text that was read in its place or, where there is none, its number.</summary>
    public static void Write(Utf8JsonWriter json, JsonEncodedText field, TEnum value, IReadOnlyDictionary<string, string>? unknown)
    {
        // The enumerations of events are numbered from zero, in the order of their names.
        var number = Unsafe.BitCast<TEnum, int>(value);
        if ((uint)number < (uint)Encoded.Length)
        {
            json.WriteString(field, Encoded[number]);
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

    public static bool TryParse(string name, out TEnum value) => Values.TryGetValue(name, out value);
}
