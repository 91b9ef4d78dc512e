using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Makes text representable in UTF-8: an unpaired surrogate becomes U+FFFD. JSON, pseudonyms and stores cannot represent it in any other way, so memory does
/// the same, and an id means the same everywhere.
/// </summary>
internal static class WellFormedText
{
    /// <summary>Returns the text itself if it is well-formed, which allocates nothing.</summary>
    [return: NotNullIfNotNull(nameof(text))]
    public static string? Of(string? text) => text is null || IsWellFormed(text) ? text : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    /// <summary>Whether every surrogate in the text is part of a pair.</summary>
    public static bool IsWellFormed(ReadOnlySpan<char> text)
    {
        // One by one: ids are short, and the framework's search for a range allocates until it has been compiled with optimizations.
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]) && (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[++i])))
            {
                return false;
            }
        }

        return true;
    }
}
