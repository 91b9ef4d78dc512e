namespace ExperimentFramework.DataPlane.Tests.Delivery;

/// <summary>The bits that distinguish processes in event ids, and that keep outsiders from making hashes collide.</summary>
public sealed class RandomSeedTests
{
    [Fact]
    public void Every_bit_is_drawn()
    {
        var (always, ever) = (ulong.MaxValue, 0UL);
        for (var i = 0; i < 1_000; i++)
        {
            var seed = RandomSeed.Draw();
            always &= seed;
            ever |= seed;
        }

        Assert.Equal((0UL, ulong.MaxValue), (always, ever));
    }
}
