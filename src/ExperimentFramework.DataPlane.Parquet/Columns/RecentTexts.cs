using System.Runtime.InteropServices;

namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>
/// The texts that a column has had lately. Most columns repeat few names: equal ones take space once, and become one string. A column whose texts hardly repeat, such as that of subjects, is not looked up any more.
/// </summary>
/// <param name="texts">The column's texts.</param>
internal sealed class RecentTexts(TextBuffer texts)
{
    private const int Size = 256;

    /// <summary>After this many look-ups, at least every second must have been successful.</summary>
    private const int Trial = 1_024;

    private readonly int[] _rows = new int[Size];
    private readonly (int Row, string? Text)[] _strings = new (int, string?)[Size];
    private int _lookups;
    private int _found;

    /// <summary>Adds a text.</summary>
    public void Add(ReadOnlySpan<byte> utf8)
    {
        if (IsUseless)
        {
            texts.Add(utf8);
            return;
        }

        _lookups++;
        ref var row = ref _rows[PlaceOf(utf8)];
        if (row > 0 && texts[row - 1].SequenceEqual(utf8))
        {
            _found++;
            texts.Repeat(row - 1);
        }
        else
        {
            texts.Add(utf8);
            row = texts.Count;
        }
    }

    /// <summary>The text of a row as a string, the same one for equal texts that are near each other; null if there is none.</summary>
    public string? this[int row]
    {
        get
        {
            if (texts.IsNull(row))
            {
                return null;
            }

            if (IsUseless)
            {
                return texts.Text(row);
            }

            ref var recent = ref _strings[(uint)(texts.StartOf(row) * 0x9E3779B1) >> 24];
            if (recent.Text is null || !texts.IsSame(recent.Row, row))
            {
                recent = (row, texts.Text(row));
            }

            return recent.Text;
        }
    }

    /// <summary>Forgets the texts, which were removed.</summary>
    public void Clear()
    {
        _rows.AsSpan().Clear();
        _strings.AsSpan().Clear();
        (_lookups, _found) = (0, 0);
    }

    private bool IsUseless => _lookups >= Trial && _found * 2 < _lookups;

    private static int PlaceOf(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length < sizeof(ulong))
        {
            var hash = (uint)utf8.Length;
            foreach (var one in utf8)
            {
                hash = (hash * 31) + one;
            }

            return (int)(hash % Size);
        }

        var first = MemoryMarshal.Read<ulong>(utf8);
        var last = MemoryMarshal.Read<ulong>(utf8[^sizeof(ulong)..]);
        return (int)(((first ^ (last * 0x9E3779B97F4A7C15)) * 0xD6E8FEB86659FD93) >> 56);
    }
}
