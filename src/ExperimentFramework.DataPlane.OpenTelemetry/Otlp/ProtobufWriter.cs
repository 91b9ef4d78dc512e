using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace ExperimentFramework.DataPlane.OpenTelemetry;

/// <summary>
/// Writes the wire format of Protocol Buffers (https://protobuf.dev/programming-guides/encoding/) into rented memory. The length of a message that is not known
/// before it is written takes four bytes, a varint with leading zeros, which every reader accepts.
/// </summary>
internal sealed class ProtobufWriter : IDisposable
{
    private const int InitialSize = 64 * 1024;

    /// <summary>A larger buffer is returned after use, so that one unusually large batch does not occupy its memory forever.</summary>
    private const int MaxKept = 4 << 20;

    private const int ReservedLength = 4;
    private const int MaxReserved = (1 << (7 * ReservedLength)) - 1;
    private const int MaxVarintLength = 10;

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(InitialSize);

    /// <summary>The number of bytes that were written. Setting it discards the bytes after that position.</summary>
    public int Length { get; set; }

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Length);

    /// <summary>Returns the number of bytes of a varint.</summary>
    public static int VarintLength(ulong value) => ((BitOperations.Log2(value | 1) * 9) + 73) / 64;

    /// <summary>The tag of a message, text or bytes in a field whose number is below 16.</summary>
    public static byte LengthTag(int field) => Tag(field, WireType.Length);

    /// <summary>Returns memory for a caller that writes the next bytes itself; <see cref="Length"/> grows by what was written there.</summary>
    public Span<byte> Room(int size)
    {
        Reserve(size);
        return _bytes.AsSpan(Length, size);
    }

    public void Clear()
    {
        Length = 0;
        if (_bytes.Length > MaxKept)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = ArrayPool<byte>.Shared.Rent(InitialSize);
        }
    }

    /// <summary>Begins a message in a field, whose number is below 16.</summary>
    /// <returns>What <see cref="End"/> needs.</returns>
    public int Begin(int field)
    {
        Reserve(1 + ReservedLength);
        _bytes[Length] = Tag(field, WireType.Length);
        Length += 1 + ReservedLength;
        return Length;
    }

    /// <summary>Ends a message: writes its length in front of it.</summary>
    /// <exception cref="InvalidOperationException">The message is too large.</exception>
    public void End(int start)
    {
        var length = Length - start;
        if (length > MaxReserved)
        {
            throw new InvalidOperationException($"A message of {length} bytes is too large; the maximum is {MaxReserved}.");
        }

        var place = _bytes.AsSpan(start - ReservedLength, ReservedLength);
        for (var i = 0; i < ReservedLength; i++)
        {
            place[i] = (byte)((length >> (7 * i)) & 0x7f | (i < ReservedLength - 1 ? 0x80 : 0));
        }
    }

    public void Varint(int field, ulong value)
    {
        Reserve(1 + MaxVarintLength);
        _bytes[Length++] = Tag(field, WireType.Varint);
        AddVarint(value);
    }

    public void Fixed64(int field, ulong value)
    {
        Reserve(1 + sizeof(ulong));
        _bytes[Length++] = Tag(field, WireType.Fixed64);
        BinaryPrimitives.WriteUInt64LittleEndian(_bytes.AsSpan(Length), value);
        Length += sizeof(ulong);
    }

    public void Bytes(int field, ReadOnlySpan<byte> value)
    {
        AddLength(field, value.Length, value.Length);
        value.CopyTo(_bytes.AsSpan(Length));
        Length += value.Length;
    }

    /// <summary>Writes text; an unpaired surrogate becomes U+FFFD.</summary>
    public void Text(int field, string value)
    {
        var length = Encoding.UTF8.GetByteCount(value);
        AddLength(field, length, length);
        Length += Encoding.UTF8.GetBytes(value, _bytes.AsSpan(Length));
    }

    /// <summary>Writes the tag and length of a message or text whose length is known, and has room for so many bytes after them.</summary>
    public void AddLength(int field, int length, int room)
    {
        Reserve(1 + MaxVarintLength + room);
        _bytes[Length++] = Tag(field, WireType.Length);
        AddVarint((ulong)length);
    }

    /// <summary>Adds bytes to what <see cref="AddLength"/> has begun.</summary>
    public void Raw(ReadOnlySpan<byte> value)
    {
        Reserve(value.Length);
        value.CopyTo(_bytes.AsSpan(Length));
        Length += value.Length;
    }

    /// <summary>Adds the text of the field that <see cref="AddLength"/> has begun.</summary>
    public void Raw(string value)
    {
        Reserve(Encoding.UTF8.GetMaxByteCount(value.Length));
        Length += Encoding.UTF8.GetBytes(value, _bytes.AsSpan(Length));
    }

    /// <summary>Writes hexadecimal digits, of which there is an even number, as bytes.</summary>
    public void Hexadecimal(int field, string digits)
    {
        AddLength(field, digits.Length / 2, digits.Length / 2);
        Convert.FromHexString(digits, _bytes.AsSpan(Length), out _, out var written);
        Length += written;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        Length = 0;
    }

    private static byte Tag(int field, WireType type) => (byte)((field << 3) | (int)type);

    private void AddVarint(ulong value)
    {
        while (value >= 0x80)
        {
            _bytes[Length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        _bytes[Length++] = (byte)value;
    }

    private void Reserve(int size)
    {
        if (_bytes.Length - Length >= size)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(checked(Math.Max(_bytes.Length * 2, Length + size)));
        _bytes.AsSpan(0, Length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }

    private enum WireType
    {
        Varint = 0,
        Fixed64 = 1,
        Length = 2,
    }
}
