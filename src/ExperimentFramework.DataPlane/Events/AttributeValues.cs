using System.Collections;
using System.Globalization;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// The types that attribute values have in events: text, bool, long, double, decimal, DateTimeOffset, Guid, null, arrays of one of those, and
/// dictionaries of all of them by name. Everything else becomes one of them.
/// </summary>
internal static class AttributeValues
{
    /// <summary>Deeper dictionaries are replaced by their type's name; a dictionary may hold itself.</summary>
    public const int MaxDepth = 16;

    /// <summary>A copy of the value in the types of events. Never throws: a value is the application's.</summary>
    /// <returns>The value; a <see cref="ReplacedValue"/> where a type's name stands in for it or for a part of it.</returns>
    public static object? Canonical(object? value)
    {
        var replaced = 0;
        var canonical = Canonical(value, 0, ref replaced);
        return replaced == 0 ? canonical : new ReplacedValue(canonical, replaced);
    }

    /// <summary>Whether the value is already as <see cref="Canonical(object?)"/> would give it, and nobody can change it.</summary>
    public static bool IsScalar(object? value) => value is null or string or bool or long or double or decimal or DateTimeOffset or Guid;

    /// <summary>The invariant text of a scalar, the same that JSON shows.</summary>
    public static string Text(object scalar) => scalar switch
    {
        string text => text,
        bool boolean => boolean ? "true" : "false",
        DateTimeOffset time => time.ToString("O", CultureInfo.InvariantCulture),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => scalar.GetType().Name,
    };

    /// <summary>Scalars as an array of their common type; of their texts where they have none.</summary>
    public static Array ArrayOf(IReadOnlyList<object?> scalars)
    {
        var type = typeof(string);
        var isMixed = false;
        foreach (var scalar in scalars)
        {
            if (scalar is not null)
            {
                isMixed |= type != typeof(string) && type != scalar.GetType();
                type = scalar.GetType();
            }
        }

        isMixed |= type != typeof(string) && scalars.Any(scalar => scalar is string);
        return isMixed ? Texts(scalars)
            : type == typeof(bool) ? Typed<bool>(scalars)
            : type == typeof(long) ? Typed<long>(scalars)
            : type == typeof(double) ? Typed<double>(scalars)
            : type == typeof(decimal) ? Typed<decimal>(scalars)
            : type == typeof(DateTimeOffset) ? Typed<DateTimeOffset>(scalars)
            : type == typeof(Guid) ? Typed<Guid>(scalars)
            : Texts(scalars);
    }

    private static object? Canonical(object? value, int depth, ref int replaced)
    {
        try
        {
            return IsScalar(value) ? value : Converted(value!, depth, ref replaced);
        }
        catch (Exception)
        {
            return NameOf(value!, ref replaced);
        }
    }

    private static object? Converted(object value, int depth, ref int replaced)
    {
        switch (value)
        {
            case ReplacedValue known:
                replaced += known.Count;
                return known.Value;
            case Enum:
                return value.ToString();
            case sbyte or byte or short or ushort or int or uint:
                return Convert.ToInt64(value, CultureInfo.InvariantCulture);
            case ulong number:
                return (decimal)number;
            case float number:
                return (double)number;
            case char character:
                return character.ToString();
            case DateTime { Kind: DateTimeKind.Local } time:
                return new DateTimeOffset(time.ToUniversalTime());
            case DateTime time:
                return new DateTimeOffset(time.Ticks, TimeSpan.Zero);
            case DateOnly or TimeOnly:
                return ((IFormattable)value).ToString("O", CultureInfo.InvariantCulture);
            case Array array when IsTyped(array.GetType()):
                // Its type is kept where it has no elements to tell it.
                return array.Clone();
            case IReadOnlyDictionary<string, object?> entries when depth < MaxDepth:
                return Dictionary(entries, depth, ref replaced);
            case IDictionary entries when depth < MaxDepth:
                return Dictionary(entries, depth, ref replaced);
            case IReadOnlyDictionary<string, object?> or IDictionary:
                return NameOf(value, ref replaced);
            case IList list:
                return List(list, ref replaced);
            case IFormattable formattable:
                return formattable.ToString(null, CultureInfo.InvariantCulture);
            default:
                return NameOf(value, ref replaced);
        }
    }

    private static Dictionary<string, object?> Dictionary(IReadOnlyDictionary<string, object?> entries, int depth, ref int replaced)
    {
        var canonical = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (name, item) in entries)
        {
            canonical[name] = Canonical(item, depth + 1, ref replaced);
        }

        return canonical;
    }

    private static object Dictionary(IDictionary entries, int depth, ref int replaced)
    {
        var canonical = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in entries)
        {
            if (entry.Key is not string name)
            {
                return NameOf(entries, ref replaced);
            }

            canonical[name] = Canonical(entry.Value, depth + 1, ref replaced);
        }

        return canonical;
    }

    private static Array List(IList list, ref int replaced)
    {
        var items = new object?[list.Count];
        for (var i = 0; i < items.Length; i++)
        {
            var item = list[i];
            items[i] = item is IList or IDictionary or IReadOnlyDictionary<string, object?>
                ? NameOf(item, ref replaced)
                : Canonical(item, MaxDepth, ref replaced);
        }

        return ArrayOf(items);
    }

    /// <summary>Exactly: an array of an enumeration passes for one of its numbers.</summary>
    private static bool IsTyped(Type type) =>
        type == typeof(string[]) || type == typeof(bool[]) || type == typeof(long[]) || type == typeof(double[])
        || type == typeof(decimal[]) || type == typeof(DateTimeOffset[]) || type == typeof(Guid[]);

    private static string NameOf(object value, ref int replaced)
    {
        replaced++;
        return value.GetType().Name;
    }

    private static string?[] Texts(IReadOnlyList<object?> scalars) =>
        [.. scalars.Select(scalar => scalar is null ? null : Text(scalar))];

    private static Array Typed<T>(IReadOnlyList<object?> scalars)
        where T : struct =>
        scalars.Contains(null)
            ? scalars.Select(scalar => (T?)scalar).ToArray()
            : scalars.Select(scalar => (T)scalar!).ToArray();
}
