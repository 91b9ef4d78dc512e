using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
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
    public static bool IsWellFormed(ReadOnlySpan<char> text) => HasOnlyLowCharacters(text) || HasOnlyPairs(text);

    /// <summary>
    /// Whether every character is below U+8000, where no surrogates are. This runs on every call, so an id of eight to sixteen characters takes two reads, which overlap.
    /// The framework's search for a range allocates until it has been compiled with optimizations.
    /// </summary>
    private static bool HasOnlyLowCharacters(ReadOnlySpan<char> text)
    {
        ref var first = ref Unsafe.As<char, ushort>(ref MemoryMarshal.GetReference(text));
        if ((uint)(text.Length - Vector128<ushort>.Count) <= (uint)Vector128<ushort>.Count)
        {
            var last = Vector128.LoadUnsafe(ref first, (nuint)(text.Length - Vector128<ushort>.Count));
            return (Vector128.LoadUnsafe(ref first) | last).ExtractMostSignificantBits() == 0;
        }

        return HasOnlyLowCharacters(ref first, text.Length);
    }

    private static bool HasOnlyLowCharacters(ref ushort first, int length)
    {
        if (length < Vector128<ushort>.Count)
        {
            var bits = 0;
            for (var i = 0; i < length; i++)
            {
                bits |= Unsafe.Add(ref first, i);
            }

            return bits < 0x8000;
        }

        // The last step overlaps the one before.
        var last = length - Vector128<ushort>.Count;
        var found = Vector128.LoadUnsafe(ref first, (nuint)last);
        for (var i = 0; i < last; i += Vector128<ushort>.Count)
        {
            found |= Vector128.LoadUnsafe(ref first, (nuint)i);
        }

        return found.ExtractMostSignificantBits() == 0;
    }

    private static bool HasOnlyPairs(ReadOnlySpan<char> text)
    {
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
