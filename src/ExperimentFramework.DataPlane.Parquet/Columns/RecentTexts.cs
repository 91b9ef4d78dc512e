using System.Runtime.InteropServices;
using ParquetSharp;
using Encoding = System.Text.Encoding;

namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>
/// Finds the texts of a column that were read lately. Most columns repeat a few names: equal texts are kept in one place, and are decoded once. If the texts of a column rarely repeat, such as subjects, they are no longer looked up.
/// </summary>
internal sealed class RecentTexts
{
    private const int Size = 256;

    /// <summary>After this many look-ups, at least half must have been successful.</summary>
    private const int Trial = 1_024;

    /// <summary>The rows in which texts were first read, plus 1, by the hash of the text.</summary>
    private readonly int[] _rows = new int[Size];

    /// <summary>The strings of texts, by the hash of their place.</summary>
    private readonly (TextBuffer.Slot Slot, string? Text)[] _strings = new (TextBuffer.Slot, string?)[Size];
    private (TextBuffer.Slot Slot, string? Text) _latest;
    private int _lookups;
    private int _found;

    private bool IsRare => _lookups >= Trial && _found * 2 < _lookups;

    /// <summary>Adds values of a leaf to texts.</summary>
    public void Add(TextBuffer texts, ReadOnlySpan<ByteArray> values)
    {
        while (!values.IsEmpty)
        {
            // A dictionary of the file has each of its texts once, so that rows with the same text often have the same pointer.
            var first = values[0];
            var same = 1;
            while (same < values.Length && values[same].Pointer == first.Pointer && values[same].Length == first.Length)
            {
                same++;
            }

            Add(texts, TextBuffer.BytesOf(first));
            texts.Repeat(texts.Count - 1, same - 1);
            values = values[same..];
        }
    }

    /// <summary>The text of a row; null if it is null.</summary>
    public string? Text(TextBuffer texts, int row)
    {
        var slot = texts.SlotOf(row);
        if (slot != _latest.Slot || _latest.Text is null)
        {
            if (slot.Length <= 0)
            {
                return slot.IsNull ? null : "";
            }

            _latest = IsRare ? Decode(texts, slot) : Kept(texts, slot);
        }

        return _latest.Text;
    }

    /// <summary>Forgets the texts, whose places are used for others from now on.</summary>
    public void Clear()
    {
        Array.Clear(_rows);
        Array.Clear(_strings);
        _latest = default;
    }

    private static (TextBuffer.Slot Slot, string? Text) Decode(TextBuffer texts, TextBuffer.Slot slot) => (slot, Encoding.UTF8.GetString(texts[slot]));

    private (TextBuffer.Slot Slot, string? Text) Kept(TextBuffer texts, TextBuffer.Slot slot)
    {
        ref var kept = ref _strings[(int)(((uint)slot.Start * 0x9E3779B9) >> 24)];
        if (kept.Text is null || kept.Slot != slot)
        {
            kept = Decode(texts, slot);
        }

        return kept;
    }

    private void Add(TextBuffer texts, ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty || IsRare)
        {
            texts.Add(utf8);
            return;
        }

        ref var row = ref _rows[HashOf(utf8)];
        var isFound = row > 0 && utf8.SequenceEqual(texts[row - 1]);
        if (isFound)
        {
            texts.Repeat(row - 1, 1);
        }
        else
        {
            texts.Add(utf8);
            row = texts.Count;
        }

        if (_lookups < Trial)
        {
            _lookups++;
            _found += isFound ? 1 : 0;
        }
    }

    private static int HashOf(ReadOnlySpan<byte> utf8)
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
