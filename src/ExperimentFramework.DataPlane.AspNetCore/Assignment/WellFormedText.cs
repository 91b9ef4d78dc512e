using System.Text;

namespace ExperimentFramework.DataPlane.AspNetCore;

/// <summary>
/// Ids as they can be written: a claim may hold half of a surrogate pair, which UTF-8 has no bytes for. It becomes U+FFFD here, where
/// the id comes in, so that variant, store, pseudonym and event agree on one id.
/// </summary>
internal static class WellFormedText
{
    /// <summary>The text with U+FFFD in place of each lone surrogate; null for none and for an empty one.</summary>
    public static string? Of(string? text) => string.IsNullOrEmpty(text) ? null : IsWellFormed(text) ? text : Replaced(text);

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

    private static string Replaced(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
