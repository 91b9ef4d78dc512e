using System.Runtime.InteropServices;
using System.Text;

namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>
/// Creates strings for the texts in a column. Most columns repeat a few names, and equal texts become one string. If the texts of a column rarely repeat, such as subjects, they are no longer looked up.
/// </summary>
internal sealed class RecentTexts
{
    private const int Size = 256;

    /// <summary>After this many look-ups, at least half must have been successful.</summary>
    private const int Trial = 1_024;

    private readonly (byte[]? Utf8, string Text)[] _recent = new (byte[]?, string)[Size];
    private int _lookups;
    private int _found;

    /// <summary>Returns UTF-8 text as a string.</summary>
    public string this[ReadOnlySpan<byte> utf8]
    {
        get
        {
            if (utf8.IsEmpty)
            {
                return "";
            }

            if (_lookups >= Trial && _found * 2 < _lookups)
            {
                return Encoding.UTF8.GetString(utf8);
            }

            ref var recent = ref _recent[PlaceOf(utf8)];
            var isFound = recent.Utf8 is not null && utf8.SequenceEqual(recent.Utf8);
            if (!isFound)
            {
                recent = (utf8.ToArray(), Encoding.UTF8.GetString(utf8));
            }

            if (_lookups < Trial)
            {
                _lookups++;
                _found += isFound ? 1 : 0;
            }

            return recent.Text;
        }
    }

    private static int PlaceOf(ReadOnlySpan<byte> utf8)
    {
        var (first, last) = (0UL, (ulong)utf8.Length);
        if (utf8.Length >= sizeof(ulong))
        {
            first = MemoryMarshal.Read<ulong>(utf8);
            last = MemoryMarshal.Read<ulong>(utf8[^sizeof(ulong)..]);
        }
        else
        {
            foreach (var one in utf8)
            {
                first = (first << 8) | one;
            }
        }

        return (int)(((first ^ (last * 0x9E3779B97F4A7C15)) * 0xD6E8FEB86659FD93) >> 56);
    }
}
