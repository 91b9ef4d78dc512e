namespace ExperimentFramework.DataPlane.Parquet.Tests;

/// <summary>The memory that a pool says is in use is what bounds a part.</summary>
public sealed class BlockPoolTests
{
    [Fact]
    public void Blocks_count_while_they_are_in_use_also_when_they_are_used_again()
    {
        var pool = new BlockPool();
        for (var round = 0; round < 3; round++)
        {
            byte[][] blocks = [pool.Rent(), pool.Rent(), pool.Rent(3 * BlockPool.BlockBytes)];
            Assert.Equal(5 * BlockPool.BlockBytes, pool.UsedBytes);

            pool.Return(blocks);
            Assert.Equal(0, pool.UsedBytes);
        }
    }

    [Fact]
    public void A_block_for_one_long_value_is_not_used_for_others()
    {
        var pool = new BlockPool();
        pool.Return([pool.Rent(2 * BlockPool.BlockBytes)]);

        Assert.Equal(BlockPool.BlockBytes, pool.Rent().Length);
    }
}
