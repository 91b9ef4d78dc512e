namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>
/// Blocks of memory for the values of columns. Tables that share a pool use each other's blocks as soon as they are free, so that together they take what they hold and no more.
/// May be used by several threads.
/// </summary>
internal sealed class BlockPool
{
    /// <summary>The length of a block: small enough that a column with one value takes little.</summary>
    public const int BlockBytes = 1 << BlockBits;

    /// <summary>The number of bits of a place in a block.</summary>
    public const int BlockBits = 14;

    private readonly Lock _lock = new();
    private readonly Stack<byte[]> _free = [];

    /// <summary>Returns a block with any content. It does not move: the native library reads from it.</summary>
    public byte[] Rent()
    {
        lock (_lock)
        {
            if (_free.TryPop(out var block))
            {
                return block;
            }
        }

        return Create(BlockBytes);
    }

    /// <summary>Takes back blocks that nothing refers to any more.</summary>
    public void Return(ReadOnlySpan<byte[]> blocks)
    {
        lock (_lock)
        {
            foreach (var block in blocks)
            {
                // Longer ones are for single values.
                if (block.Length == BlockBytes)
                {
                    _free.Push(block);
                }
            }
        }
    }

    /// <summary>Creates a block for one value that is longer than the others.</summary>
    public static byte[] Create(int length) => GC.AllocateUninitializedArray<byte>(length, pinned: true);
}
