using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>
/// A list in blocks of a pool, which it gives back when it is cleared. Unlike an array it is not copied when it grows, and is no larger than what it holds, but for a
/// part of its last block.
/// </summary>
internal struct BlockList<T>()
    where T : unmanaged
{
    private static readonly int Shift = BlockPool.BlockBits - BitOperations.Log2((uint)Unsafe.SizeOf<T>());
    private static readonly int Mask = (1 << Shift) - 1;

    private byte[][] _blocks = [];
    private int _blockCount;

    public int Count { get; private set; }

    public readonly ref T this[int index] =>
        ref Unsafe.Add(ref Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(_blocks[index >> Shift])), index & Mask);

    public void Add(T item, BlockPool pool)
    {
        if (Count >> Shift == _blockCount)
        {
            if (_blockCount == _blocks.Length)
            {
                Array.Resize(ref _blocks, Math.Max(4, _blockCount * 2));
            }

            _blocks[_blockCount++] = pool.Rent();
        }

        this[Count++] = item;
    }

    public void Clear(BlockPool pool)
    {
        pool.Return(_blocks.AsSpan(0, _blockCount));
        _blocks.AsSpan(0, _blockCount).Clear();
        (_blockCount, Count) = (0, 0);
    }
}
