namespace ExperimentFramework.DataPlane;

/// <summary>Text of a bounded length, and collections of a bounded number of items.</summary>
internal static class BoundedText
{
    /// <summary>The mark at the end of a text that was cut.</summary>
    public const char CutMark = '…';

    /// <summary>The text, or its beginning and the mark where it has more characters than are kept.</summary>
    public static string Cut(string text, int maxLength)
    {
        if (text.Length <= maxLength)
        {
            return text;
        }

        var kept = maxLength - 1;
        if (kept > 0 && char.IsHighSurrogate(text[kept - 1]))
        {
            kept--;
        }

        return string.Concat(text.AsSpan(0, kept), [CutMark]);
    }

    /// <summary>A value in the types of events with every text in it cut, and of every collection in it the first items.</summary>
    public static object? CutAll(object? value, int maxLength)
    {
        switch (value)
        {
            case Array items when items.Length > maxLength:
                var first = Array.CreateInstanceFromArrayType(items.GetType(), maxLength);
                Array.Copy(items, first, maxLength);
                return CutAll(first, maxLength);
            case string text:
                return Cut(text, maxLength);
            case ReplacedValue replaced:
                return replaced with { Value = CutAll(replaced.Value, maxLength) };
            case string?[] texts:
                for (var i = 0; i < texts.Length; i++)
                {
                    texts[i] = texts[i] is { } item ? Cut(item, maxLength) : null;
                }

                return texts;
            case Dictionary<string, object?> entries:
                foreach (var (name, index) in entries.Keys.Select((name, index) => (name, index)).ToArray())
                {
                    if (index < maxLength)
                    {
                        entries[name] = CutAll(entries[name], maxLength);
                    }
                    else
                    {
                        entries.Remove(name);
                    }
                }

                return entries;
            default:
                return value;
        }
    }
}
