using System.Globalization;
using System.Text;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>
/// Escapes text for a Markdown paragraph, heading or cell. Any character that might have a meaning is written as a numeric character reference, which CommonMark and its extensions never interpret as markup.
/// </summary>
internal static class MarkdownText
{
    private const char Replacement = '\uFFFD';

    /// <summary>Punctuation without a meaning within a line.</summary>
    private const string Harmless = ",;()%/'";

    /// <summary>Returns text as Markdown.</summary>
    public static string Of(string text)
    {
        var markdown = new StringBuilder(text.Length);
        for (var index = 0; index < text.Length; index++)
        {
            if (char.IsSurrogatePair(text, index))
            {
                markdown.Append(text, index++, 2);
            }
            else if (IsLost(text[index]))
            {
                markdown.Append(Replacement);
            }
            else if (IsPlain(text, index))
            {
                markdown.Append(text[index]);
            }
            else
            {
                markdown.Append(CultureInfo.InvariantCulture, $"&#{(int)text[index]};");
            }
        }

        return markdown.ToString();
    }

    /// <summary>Whether a character could end a line, hide or reorder what follows, or is not a valid character.</summary>
    private static bool IsLost(char character) => char.GetUnicodeCategory(character) is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate;

    private static bool IsPlain(string text, int index)
    {
        var before = index > 0 ? text[index - 1] : ' ';
        var after = index < text.Length - 1 ? text[index + 1] : ' ';
        return text[index] switch
        {
            ' ' => before != ' ' && index < text.Length - 1,
            '.' => after == ' ' || (char.IsAsciiDigit(before) && char.IsAsciiDigit(after)),
            ':' => after == ' ',
            '-' => char.IsAsciiLetterOrDigit(before) && char.IsAsciiLetterOrDigit(after),
            var other => !char.IsAscii(other) || char.IsAsciiLetterOrDigit(other) || Harmless.Contains(other, StringComparison.Ordinal),
        };
    }
}
