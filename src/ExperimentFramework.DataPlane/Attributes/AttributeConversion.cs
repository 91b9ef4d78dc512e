using System.Collections;
using System.Globalization;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Converts one value into the types that events can carry, within bounds. It reads no more of the value than it keeps, because it runs on the caller's
/// thread and the value belongs to the application: a list may have millions of items, and a dictionary may be endless or contain itself.
/// </summary>
internal struct AttributeConversion
{
    /// <summary>Deeper dictionaries are replaced with the name of their type, because a dictionary may contain itself.</summary>
    private const int MaxDepth = 16;

    /// <summary>All strings and keys of a value together may be this many times as long as a single one.</summary>
    private const int TotalTextFactor = 16;

    private readonly int _maxLength;
    private int _itemsLeft;
    private long _textLeft;

    /// <param name="maxLength">The maximum length of each string and key, in characters, and the maximum number of items and entries in the whole value.</param>
    public AttributeConversion(int maxLength)
    {
        _maxLength = maxLength;
        _itemsLeft = maxLength;
        _textLeft = (long)maxLength * TotalTextFactor;
    }

    /// <summary>Copies the whole value into the types that events can carry. Never throws, because the value belongs to the application.</summary>
    /// <returns>The value; a <see cref="ReplacedValue"/> if the name of a type replaces it or a part of it.</returns>
    public static object? Canonical(object? value) => Capture(value, int.MaxValue);

    /// <summary>
    /// Copies the value into the types that events can carry, within bounds: each string and each key has at most <paramref name="maxLength"/> characters, all
    /// its collections together have at most as many items, and all its strings and keys together have at most 16 times as many characters. Never throws.
    /// </summary>
    /// <returns>The value; a <see cref="ReplacedValue"/> if the name of a type replaces it or a part of it.</returns>
    public static object? Capture(object? value, int maxLength)
    {
        var conversion = new AttributeConversion(maxLength);
        var canonical = conversion.Convert(value);
        return conversion.Replaced == 0 ? canonical : new ReplacedValue(canonical, conversion.Replaced);
    }

    /// <summary>The number of values that were replaced with the name of their type.</summary>
    public int Replaced { get; private set; }

    /// <summary>Converts the value. Never throws: a value that cannot be read is replaced with the name of its type.</summary>
    public object? Convert(object? value) => Convert(value, depth: 0);

    private object? Convert(object? value, int depth)
    {
        try
        {
            return value switch
            {
                string text => Kept(text),
                _ when AttributeValues.IsScalar(value) => value,
                _ => Converted(value!, depth),
            };
        }
        catch (Exception)
        {
            return NameOf(value!);
        }
    }

    private object? Converted(object value, int depth)
    {
        switch (value)
        {
            case ReplacedValue known:
                Replaced += known.Count;
                return known.Value;
            case Enum:
                return Kept(value.ToString());
            case sbyte or byte or short or ushort or int or uint:
                return System.Convert.ToInt64(value, CultureInfo.InvariantCulture);
            case ulong number:
                return (decimal)number;
            case float number:
                return (double)number;
            case char character:
                return Kept(character.ToString());
            case DateTime { Kind: DateTimeKind.Local } time:
                return new DateTimeOffset(time.ToUniversalTime());
            case DateTime time:
                return new DateTimeOffset(time.Ticks, TimeSpan.Zero);
            case DateOnly or TimeOnly:
                return ((IFormattable)value).ToString("O", CultureInfo.InvariantCulture);
            case string?[] texts when texts.GetType() == typeof(string[]):
                return List(texts);
            case Array array when AttributeValues.IsTyped(array.GetType()):
                // The array's type is kept even if it is empty.
                return FirstOf(array);
            case IReadOnlyDictionary<string, object?> entries when depth < MaxDepth:
                return Dictionary(entries, depth);
            case IDictionary entries when depth < MaxDepth:
                return Dictionary(entries, depth);
            case IReadOnlyDictionary<string, object?> or IDictionary:
                return NameOf(value);
            case IList list:
                return List(list);
            case IFormattable formattable:
                return Kept(formattable.ToString(null, CultureInfo.InvariantCulture));
            default:
                return NameOf(value);
        }
    }

    private Dictionary<string, object?> Dictionary(IReadOnlyDictionary<string, object?> entries, int depth)
    {
        var converted = new Dictionary<string, object?>(StringComparer.Ordinal);
        if (!HasCapacity)
        {
            return converted;
        }

        foreach (var (name, item) in entries)
        {
            Add(converted, name, item, depth);
            if (!HasCapacity)
            {
                break;
            }
        }

        return converted;
    }

    private object Dictionary(IDictionary entries, int depth)
    {
        var converted = new Dictionary<string, object?>(StringComparer.Ordinal);
        if (!HasCapacity)
        {
            return converted;
        }

        foreach (DictionaryEntry entry in entries)
        {
            if (entry.Key is not string name)
            {
                return NameOf(entries);
            }

            Add(converted, name, entry.Value, depth);
            if (!HasCapacity)
            {
                break;
            }
        }

        return converted;
    }

    /// <summary>Adds an entry. Two keys may become equal when they are truncated or made well-formed; the later entry then wins, as in any dictionary.</summary>
    private void Add(Dictionary<string, object?> converted, string name, object? item, int depth)
    {
        // A key is never truncated to the characters left for the whole value: redaction has to recognize its name.
        var key = WellFormedText.Of(Truncation.Truncate(name, _maxLength));
        _itemsLeft--;
        _textLeft -= key.Length;
        if (_textLeft >= 0)
        {
            converted[key] = Convert(item, depth + 1);
        }
    }

    private Array List(IList list)
    {
        var items = new List<object?>();
        for (var i = 0; HasCapacity && i < list.Count; i++)
        {
            _itemsLeft--;
            var item = list[i];
            items.Add(item is IList or IDictionary or IReadOnlyDictionary<string, object?> ? NameOf(item) : Convert(item, MaxDepth));
        }

        return AttributeValues.ArrayOf(items);
    }

    private Array FirstOf(Array array)
    {
        var length = Math.Min(array.Length, _itemsLeft);
        _itemsLeft -= length;
        var first = Array.CreateInstanceFromArrayType(array.GetType(), length);
        Array.Copy(array, first, length);
        return first;
    }

    private readonly bool HasCapacity => _itemsLeft > 0 && _textLeft > 0;

    private string? Kept(string? text)
    {
        if (text is null)
        {
            return null;
        }

        var kept = WellFormedText.Of(Truncation.Truncate(text, (int)Math.Clamp(_textLeft, 1, _maxLength)));
        _textLeft -= kept.Length;
        return kept;
    }

    private string NameOf(object value)
    {
        Replaced++;
        return Kept(value.GetType().Name)!;
    }
}
