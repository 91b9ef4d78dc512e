namespace ExperimentFramework.DataPlane;

/// <summary>Limits the length of text.</summary>
internal static class Truncation
{
    /// <summary>The mark at the end of truncated text.</summary>
    public const char CutMark = '…';

    /// <summary>Returns the text itself, or its beginning followed by the mark if it is longer than <paramref name="maxLength"/> characters.</summary>
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
