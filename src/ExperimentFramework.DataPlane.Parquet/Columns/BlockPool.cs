namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>
/// Blocks of memory for the values of columns. Tables that share a pool use each other's blocks as soon as they are free, so that together they take no more than they contain.
/// May be used by several threads.
/// </summary>
internal sealed class BlockPool
{
    /// <summary>The length of a block: small enough that a column with one value takes little memory.</summary>
    public const int BlockBytes = 1 << BlockBits;

    /// <summary>The number of bits of a place in a block.</summary>
    public const int BlockBits = 14;

    private readonly Lock _lock = new();
    private readonly Stack<byte[]> _free = [];
    private long _usedBytes;

    /// <summary>The size of the blocks that are in use.</summary>
    public long UsedBytes => Interlocked.Read(ref _usedBytes);

    /// <summary>Returns a block with any content. It does not move: the native library reads from it.</summary>
    public byte[] Rent()
    {
        lock (_lock)
        {
            if (_free.TryPop(out var block))
            {
                Interlocked.Add(ref _usedBytes, BlockBytes);
                return block;
            }
        }

        return Rent(BlockBytes);
    }

    /// <summary>Returns a block for one value that is longer than the others.</summary>
    public byte[] Rent(int length)
    {
        Interlocked.Add(ref _usedBytes, length);
        return GC.AllocateUninitializedArray<byte>(length, pinned: true);
    }

    /// <summary>Takes back blocks that nothing refers to any more.</summary>
    public void Return(ReadOnlySpan<byte[]> blocks)
    {
        lock (_lock)
        {
            foreach (var block in blocks)
            {
                Interlocked.Add(ref _usedBytes, -block.Length);

                // Longer ones are for single values.
                if (block.Length == BlockBytes)
                {
                    _free.Push(block);
                }
            }
        }
    }
}
