using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ParquetSharp;
using Encoding = System.Text.Encoding;

namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>
/// Texts in UTF-8, one after the other in blocks of a pool. A text that is the same string object as the one before it takes no further space: names of experiments
/// and variants are.
/// </summary>
internal sealed class TextBuffer
{
    private const int Absent = -1;

    private byte[][] _blocks = [];
    private int _blockCount;
    private int _used = BlockPool.BlockBytes;
    private BlockList<Slot> _slots = new();
    private string? _last;
    private Slot _lastSlot;

    /// <summary>The place of a string: where it starts, counted over all blocks, and its length in bytes. Texts in the same place are equal.</summary>
    public readonly record struct Slot(int Start, int Length)
    {
        public bool IsNull => Length == Absent;
    }

    /// <summary>The pool of the blocks.</summary>
    public BlockPool Pool { get; set; } = new();

    public int Count => _slots.Count;

    public bool IsNull(int index) => _slots[index].IsNull;

    public ReadOnlySpan<byte> this[int index] => this[_slots[index]];

    public ReadOnlySpan<byte> this[Slot slot] => slot.Length > 0 ? MemoryMarshal.CreateReadOnlySpan(ref First(slot), slot.Length) : [];

    /// <summary>The place of a text.</summary>
    public Slot SlotOf(int index) => _slots[index];

    /// <summary>Whether a string and the one before it are in the same place, and therefore equal.</summary>
    public bool IsSameAsBefore(int index) => _slots[index] == _slots[index - 1];

    public void Add(string? text)
    {
        if (text is null)
        {
            AddNull();
        }
        else if (ReferenceEquals(text, _last))
        {
            Add(_lastSlot);
        }
        else
        {
            // The maximum size is three times the size of most strings, so the size of a long one is computed.
            var most = Encoding.UTF8.GetMaxByteCount(text.Length);
            _lastSlot = AddBytes(Encoding.UTF8.GetBytes(text, Free(most <= BlockPool.BlockBytes / 8 ? most : Encoding.UTF8.GetByteCount(text))));
            _last = text;
        }
    }

    public void AddNull() => Add(new Slot(0, Absent));

    public void AddNulls(int count) => _slots.AddRepeated(new Slot(0, Absent), count, Pool);

    public void Add(ReadOnlySpan<byte> utf8)
    {
        utf8.CopyTo(Free(utf8.Length));
        AddBytes(utf8.Length);
    }

    /// <summary>Adds the current value of a leaf.</summary>
    public void AddCurrent(LeafReader<ByteArray> reader) => Add(BytesOf(reader.Value));

    /// <summary>The bytes of a value, which are valid until its leaf moves on.</summary>
    public static unsafe ReadOnlySpan<byte> BytesOf(ByteArray value) => new((void*)value.Pointer, value.Length);

    /// <summary>Adds the last text once more.</summary>
    public void Repeat() => Repeat(Count - 1, 1);

    /// <summary>Adds a text a number of times more. It takes no further space, and is in the same place.</summary>
    public void Repeat(int index, int count) => _slots.AddRepeated(_slots[index], count, Pool);

    /// <summary>Adds a number, time or id as its culture-invariant text.</summary>
    public void AddFormatted<T>(T value, ReadOnlySpan<char> format)
        where T : IUtf8SpanFormattable
    {
        // The longest are 29 digits of a decimal with sign and point, and 36 characters of a UUID.
        const int longest = 64;
        value.TryFormat(Free(longest), out var length, format, CultureInfo.InvariantCulture);
        AddBytes(length);
    }

    public string? Text(int index) => IsNull(index) ? null : Encoding.UTF8.GetString(this[index]);

    /// <summary>Writes the texts at some places; null texts are skipped.</summary>
    public unsafe void Write(ColumnWriter<ByteArray> writer, int rows, ReadOnlySpan<short> definition, ReadOnlySpan<short> repetition, ReadOnlySpan<int> places)
    {
        using var values = new Rented<ByteArray>(places.Length);
        var target = values.Span;
        var count = 0;
        foreach (var place in places)
        {
            var slot = _slots[place];
            if (!slot.IsNull)
            {
                // Blocks do not move.
                target[count++] = new ByteArray(slot.Length == 0 ? 0 : (nint)Unsafe.AsPointer(ref First(slot)), slot.Length);
            }
        }

        writer.WriteBatch(rows, definition, repetition, target[..count]);
    }

    public void Clear()
    {
        Pool.Return(_blocks.AsSpan(0, _blockCount));
        _blocks.AsSpan(0, _blockCount).Clear();
        (_blockCount, _used) = (0, BlockPool.BlockBytes);
        _slots.Clear(Pool);
        _last = null;
    }

    /// <summary>Returns space after the last string; <see cref="AddBytes"/> adds what was written.</summary>
    private Span<byte> Free(int length)
    {
        if (_blockCount == 0 || _blocks[_blockCount - 1].Length - _used < length)
        {
            if (_blockCount == _blocks.Length)
            {
                Array.Resize(ref _blocks, Math.Max(4, _blockCount * 2));
            }

            _blocks[_blockCount++] = length <= BlockPool.BlockBytes ? Pool.Rent() : Pool.Rent(length);
            _used = 0;
        }

        return _blocks[_blockCount - 1].AsSpan(_used);
    }

    private Slot AddBytes(int length)
    {
        // A block that is longer than the others contains one text, which begins at its first byte.
        var slot = length == 0 ? default : new Slot(checked(((_blockCount - 1) * BlockPool.BlockBytes) + _used), length);
        _used += length;
        Add(slot);
        return slot;
    }

    private void Add(Slot slot) => _slots.Add(slot, Pool);

    private ref byte First(Slot slot) =>
        ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_blocks[slot.Start >> BlockPool.BlockBits]), slot.Start & (BlockPool.BlockBytes - 1));
}
