using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>A part of a temporary file with sorted events, read from its beginning to its end.</summary>
/// <param name="file">The file.</param>
/// <param name="position">Where the run begins.</param>
/// <param name="end">Where it ends.</param>
internal sealed class SortedRun(SafeFileHandle file, long position, long end)
{
    private const int RankAt = sizeof(long);
    private const int IdAt = RankAt + 1;

    /// <summary>Time, rank, id and length.</summary>
    private const int HeadBytes = IdAt + 16 + sizeof(int);

    private byte[] _buffer = new byte[1 << 16];
    private long _position = position;
    private int _start;
    private int _filled;

    /// <summary>The event that was read last.</summary>
    public SortedEvent Current { get; private set; }

    /// <summary>Its JSON, valid until the next one is read.</summary>
    public ReadOnlyMemory<byte> Json => _buffer.AsMemory(_start + HeadBytes, Current.Length);

    /// <summary>Writes an event as runs have it.</summary>
    public static void Write(Stream target, in SortedEvent sorted, ReadOnlySpan<byte> json)
    {
        Span<byte> head = stackalloc byte[HeadBytes];
        BinaryPrimitives.WriteInt64LittleEndian(head, sorted.Order.Ticks);
        head[RankAt] = sorted.Order.Rank;
        sorted.Order.Id.TryWriteBytes(head[IdAt..]);
        BinaryPrimitives.WriteInt32LittleEndian(head[^sizeof(int)..], sorted.Length);
        target.Write(head);
        target.Write(json);
    }

    /// <summary>Reads the next event.</summary>
    /// <returns>False at the end.</returns>
    public bool MoveNext()
    {
        _start += Current.Length + (_filled == 0 ? 0 : HeadBytes);
        if (!Fill(HeadBytes))
        {
            return false;
        }

        var head = _buffer.AsSpan(_start, HeadBytes);
        Current = new SortedEvent(
            new EventOrder(BinaryPrimitives.ReadInt64LittleEndian(head), head[RankAt], new Guid(head.Slice(IdAt, 16))), 0, BinaryPrimitives.ReadInt32LittleEndian(head[^sizeof(int)..]));
        return Fill(HeadBytes + Current.Length);
    }

    /// <summary>Has at least some bytes in the buffer.</summary>
    private bool Fill(int bytes)
    {
        if (_filled - _start >= bytes)
        {
            return true;
        }

        var left = _buffer.AsSpan(_start, _filled - _start);
        var target = bytes > _buffer.Length ? new byte[bytes] : _buffer;
        left.CopyTo(target);
        (_buffer, _start, _filled) = (target, 0, left.Length);
        while (_filled < bytes && _position < end)
        {
            var free = _buffer.AsSpan(_filled);
            var read = RandomAccess.Read(file, free[..(int)Math.Min(free.Length, end - _position)], _position);
            _position += read;
            _filled += read;
        }

        return _filled >= bytes;
    }
}
