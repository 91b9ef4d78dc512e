using System.Globalization;
using System.Text;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Makes text of events harmless for a terminal: a file may hold anything, and control characters move the cursor, change colours or hide what follows.</summary>
internal static class SafeText
{
    private const char Replacement = '\uFFFD';

    /// <summary>Returns the text with each control and formatting character replaced.</summary>
    public static string Of(string text)
    {
        foreach (var character in text)
        {
            if (IsUnsafe(character))
            {
                return Replace(text);
            }
        }

        return text;
    }

    private static string Replace(string text)
    {
        var safe = new StringBuilder(text.Length);
        foreach (var character in text)
        {
            safe.Append(IsUnsafe(character) ? Replacement : character);
        }

        return safe.ToString();
    }

    private static bool IsUnsafe(char character) =>
        character >= 0x7F
            ? char.GetUnicodeCategory(character) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
            : character < ' ' || character == 0x7F;
}
