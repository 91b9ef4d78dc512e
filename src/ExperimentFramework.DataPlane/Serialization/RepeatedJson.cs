using System.IO.Hashing;
using System.Text;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Values that reading one event after the other reuses, so that repeated values take no memory: the names of fields, experiments and variants, and the sets of
/// names that were seen in an object. For one reader at a time, in bounded memory.
/// </summary>
internal sealed class RepeatedJson
{
    /// <summary>The longest text that is kept, in bytes.</summary>
    private const int MaxTextBytes = 64;

    /// <summary>The largest set that is kept: clearing one takes time in proportion to the largest number of names it ever had.</summary>
    private const int MaxNames = 64;

    private const int MaxSets = 16;
    private const int Slots = 1_024;

    private readonly string?[] _texts = new string?[Slots];
    private readonly Stack<HashSet<string>> _sets = [];

    /// <summary>Returns the string, if it is the last one stored in its slot.</summary>
    public string? Find(ReadOnlySpan<byte> utf8) =>
        utf8.Length <= MaxTextBytes && _texts[Slot(utf8)] is { } text && Ascii.Equals(utf8, text) ? text : null;

    /// <summary>Stores a string in its slot.</summary>
    public void Keep(ReadOnlySpan<byte> utf8, string text)
    {
        if (utf8.Length <= MaxTextBytes)
        {
            _texts[Slot(utf8)] = text;
        }
    }

    /// <summary>Returns an empty set.</summary>
    public HashSet<string> RentNames() => _sets.TryPop(out var names) ? names : new HashSet<string>(StringComparer.Ordinal);

    /// <summary>Takes back a set.</summary>
    public void ReturnNames(HashSet<string> names)
    {
        if (names.Count <= MaxNames && _sets.Count < MaxSets)
        {
            names.Clear();
            _sets.Push(names);
        }
    }

    private static int Slot(ReadOnlySpan<byte> utf8) => (int)(XxHash3.HashToUInt64(utf8) & (Slots - 1));
}
