using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>
/// A list in blocks of a pool, which are returned when it is cleared. Unlike an array it is not copied when it grows, and is no larger than its contents, except for a
/// part of its last block. As long as all items are equal, it stores only one: many columns of an event have the same value, or none, in all rows.
/// </summary>
internal struct BlockList<T>()
    where T : unmanaged
{
    private static readonly int Shift = BlockPool.BlockBits - BitOperations.Log2((uint)Unsafe.SizeOf<T>());
    private static readonly int Mask = (1 << Shift) - 1;

    private byte[][] _blocks = [];
    private int _blockCount;
    private T _first;

    /// <summary>The number of items at the beginning that are equal to the first one, and are in no block.</summary>
    private int _repeats;
    private int _inBlocks;

    public readonly int Count => _repeats + _inBlocks;

    public readonly T this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => index < _repeats ? _first : Place(index - _repeats);
    }

    public void Add(T item, BlockPool pool)
    {
        if (_inBlocks == 0 && (_repeats == 0 || IsFirst(item)))
        {
            _first = item;
            _repeats++;
            return;
        }

        if (_inBlocks >> Shift == _blockCount)
        {
            if (_blockCount == _blocks.Length)
            {
                Array.Resize(ref _blocks, Math.Max(4, _blockCount * 2));
            }

            _blocks[_blockCount++] = pool.Rent();
        }

        Place(_inBlocks++) = item;
    }

    /// <summary>Adds an item a number of times.</summary>
    public void AddRepeated(T item, int count, BlockPool pool)
    {
        if (count > 0 && _inBlocks == 0 && (_repeats == 0 || IsFirst(item)))
        {
            _first = item;
            _repeats += count;
            return;
        }

        for (; count > 0; count--)
        {
            Add(item, pool);
        }
    }

    public void Clear(BlockPool pool)
    {
        pool.Return(_blocks.AsSpan(0, _blockCount));
        _blocks.AsSpan(0, _blockCount).Clear();
        (_blockCount, _repeats, _inBlocks) = (0, 0, 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly ref T Place(int index) =>
        ref Unsafe.Add(ref Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(_blocks[index >> Shift])), index & Mask);

    /// <summary>Compares bits: 0 and -0 are equal as numbers, but different values.</summary>
    private readonly bool IsFirst(T item) => MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in item)).SequenceEqual(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in _first)));
}
