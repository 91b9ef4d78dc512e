namespace ExperimentFramework.DataPlane;

/// <summary>Text of a bounded length.</summary>
internal static class Truncation
{
    /// <summary>The mark at the end of a text that was cut.</summary>
    public const char CutMark = '…';

    /// <summary>The text, or its beginning and the mark if it has more characters than are kept.</summary>
    public static string Truncate(string text, int maxLength)
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
}
