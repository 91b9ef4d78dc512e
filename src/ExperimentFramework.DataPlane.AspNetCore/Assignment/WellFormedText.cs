using System.Text;

namespace ExperimentFramework.DataPlane.AspNetCore;

/// <summary>
/// Makes ids well-formed: a claim may contain an unpaired surrogate, which UTF-8 cannot encode. It is replaced with U+FFFD where
/// the id enters, so that variant, store, pseudonym and event agree on one id.
/// </summary>
internal static class WellFormedText
{
    /// <summary>Returns the text with U+FFFD instead of each unpaired surrogate; null for null and for an empty string.</summary>
    public static string? Of(string? text) => string.IsNullOrEmpty(text) ? null : IsWellFormed(text) ? text : ReplaceSurrogates(text);

    private static bool IsWellFormed(string text)
    {
        for (var rest = text.AsSpan(); !rest.IsEmpty;)
        {
            if (Rune.DecodeFromUtf16(rest, out _, out var consumed) != System.Buffers.OperationStatus.Done)
            {
                return false;
            }

            rest = rest[consumed..];
        }

        return true;
    }

    private static string ReplaceSurrogates(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
