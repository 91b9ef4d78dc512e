using System.Globalization;
using ParquetSharp;
using Encoding = System.Text.Encoding;

namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>
/// Texts in UTF-8, one after the other in one array. A text that is the same string object as the one before it takes no further space: names of experiments
/// and variants are.
/// </summary>
internal sealed class TextBuffer
{
    private const int Absent = -1;

    private GrowingArray<byte> _bytes = new();
    private GrowingArray<Slot> _slots = new();
    private string? _last;
    private Slot _lastSlot;

    private readonly record struct Slot(int Start, int Length);

    public int Count => _slots.Count;

    public bool IsNull(int index) => _slots[index].Length == Absent;

    public ReadOnlySpan<byte> this[int index] => _slots[index] is { Length: > 0 } slot ? _bytes.Span.Slice(slot.Start, slot.Length) : [];

    /// <summary>Whether a text and the one before it are in the same place, so that they are equal.</summary>
    public bool IsSameAsBefore(int index) => _slots[index] == _slots[index - 1];

    public void Add(string? text)
    {
        if (text is null)
        {
            AddNull();
        }
        else if (ReferenceEquals(text, _last))
        {
            _slots.Add(_lastSlot);
        }
        else
        {
            _lastSlot = AddBytes(Encoding.UTF8.GetBytes(text, _bytes.Free(Encoding.UTF8.GetMaxByteCount(text.Length))));
            _last = text;
        }
    }

    public void AddNull() => _slots.Add(new Slot(0, Absent));

    public void Add(ReadOnlySpan<byte> utf8)
    {
        utf8.CopyTo(_bytes.Free(utf8.Length));
        AddBytes(utf8.Length);
    }

    /// <summary>Adds the next value of a leaf; null if the leaf is null, or has no value there.</summary>
    public void Add(LeafReader<ByteArray>? reader)
    {
        if (reader is not null && reader.MoveNext() && reader.IsSet)
        {
            AddCurrent(reader);
        }
        else
        {
            AddNull();
        }
    }

    /// <summary>Adds the current value of a leaf.</summary>
    public unsafe void AddCurrent(LeafReader<ByteArray> reader) => Add(new ReadOnlySpan<byte>((void*)reader.Value.Pointer, reader.Value.Length));

    /// <summary>Adds the text that was added last once more.</summary>
    public void Repeat() => _slots.Add(_slots[_slots.Count - 1]);

    /// <summary>Adds a number, time or id as its culture-invariant text.</summary>
    public void AddFormatted<T>(T value, ReadOnlySpan<char> format)
        where T : IUtf8SpanFormattable
    {
        // The longest are 29 digits of a decimal with sign and point, and 36 characters of a UUID.
        const int longest = 64;
        value.TryFormat(_bytes.Free(longest), out var length, format, CultureInfo.InvariantCulture);
        AddBytes(length);
    }

    public string? Text(int index) => IsNull(index) ? null : Encoding.UTF8.GetString(this[index]);

    /// <summary>Returns the text, and the string of the previous call if that has the same text: most columns repeat few names.</summary>
    public string? Text(int index, ref string? previous)
    {
        if (IsNull(index))
        {
            return null;
        }

        var utf8 = this[index];
        Span<char> text = stackalloc char[128];
        if (previous is null || utf8.Length > text.Length || !previous.AsSpan().SequenceEqual(text[..Encoding.UTF8.GetChars(utf8, text)]))
        {
            previous = Encoding.UTF8.GetString(utf8);
        }

        return previous;
    }

    /// <summary>Writes the texts at some places; texts that are null are passed over.</summary>
    public unsafe void Write(ColumnWriter<ByteArray> writer, int rows, ReadOnlySpan<short> definition, ReadOnlySpan<short> repetition, ReadOnlySpan<int> places)
    {
        using var values = new Rented<ByteArray>(places.Length);
        var target = values.Span;
        var count = 0;
        fixed (byte* bytes = _bytes.Span)
        {
            foreach (var place in places)
            {
                var slot = _slots[place];
                if (slot.Length != Absent)
                {
                    target[count++] = new ByteArray((nint)(bytes + slot.Start), slot.Length);
                }
            }

            writer.WriteBatch(rows, definition, repetition, target[..count]);
        }
    }

    public void Clear()
    {
        _bytes.Clear();
        _slots.Clear();
        _last = null;
    }

    private Slot AddBytes(int length)
    {
        var slot = new Slot(_bytes.Count, length);
        _bytes.Advance(length);
        _slots.Add(slot);
        return slot;
    }
}
