namespace ExperimentFramework.DataPlane;

/// <summary>Detects likely misspellings of known names.</summary>
internal static class TypoDetector
{
    /// <summary>
    /// Returns whether two names differ at most in case, punctuation and so many typos: a letter added, omitted, replaced, or swapped with the next.
    /// </summary>
    public static bool IsLikelyTypoOf(string name, string known, int typos = 1)
    {
        var (from, to) = (Letters(name), Letters(known));
        return Math.Abs(from.Length - to.Length) <= typos && Distance(from, to) <= typos;
    }

    /// <summary>Returns a name's letters and digits in upper case.</summary>
    public static string Letters(string name) => string.Concat(name.Where(char.IsLetterOrDigit)).ToUpperInvariant();

    /// <summary>Computes the edit distance with transpositions of adjacent letters (optimal string alignment; F. Damerau, 1964).</summary>
    private static int Distance(string from, string to)
    {
        var distances = new int[from.Length + 1, to.Length + 1];
        for (var i = 0; i <= from.Length; i++)
        {
            distances[i, 0] = i;
        }

        for (var j = 0; j <= to.Length; j++)
        {
            distances[0, j] = j;
        }

        for (var i = 1; i <= from.Length; i++)
        {
            for (var j = 1; j <= to.Length; j++)
            {
                var replaced = distances[i - 1, j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
                var added = Math.Min(distances[i - 1, j], distances[i, j - 1]) + 1;
                var isSwapped = i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1];
                distances[i, j] = Math.Min(Math.Min(replaced, added), isSwapped ? distances[i - 2, j - 2] + 1 : int.MaxValue);
            }
        }

        return distances[from.Length, to.Length];
    }
}
