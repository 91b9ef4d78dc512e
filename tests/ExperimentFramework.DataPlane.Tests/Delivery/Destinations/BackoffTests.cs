namespace ExperimentFramework.DataPlane.Tests.Delivery;

public sealed class BackoffTests
{
    private static readonly TimeSpan Base = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    [Fact]
    public void Each_wait_is_drawn_below_a_bound_that_doubles_up_to_the_longest()
    {
        var backoff = new Backoff(Base, Longest, new Constant(1 - 1e-12));

        var bounds = Enumerable.Range(0, 200).Select(_ => Math.Round(backoff.Next().TotalMilliseconds, 3)).ToArray();

        Assert.Equal([200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000, 30_000], bounds[..10]);
        Assert.All(bounds[10..], bound => Assert.Equal(30_000, bound));
    }

    [Fact]
    public void The_jitter_is_full()
    {
        var backoff = new Backoff(Base, Base, new Random(1));

        var waits = Enumerable.Range(0, 10_000).Select(_ => backoff.Next().TotalMilliseconds).ToArray();

        Assert.InRange(waits.Min(), 0, 1);
        Assert.InRange(waits.Max(), 199, 200);
        Assert.InRange(waits.Average(), 98, 102);
    }

    [Fact]
    public void A_success_begins_anew()
    {
        var backoff = new Backoff(Base, Longest, new Constant(0.5));
        backoff.Next();
        backoff.Next();

        backoff.Reset();

        Assert.Equal(TimeSpan.FromMilliseconds(100), backoff.Next());
    }

    private sealed class Constant(double value) : Random
    {
        public override double NextDouble() => value;
    }
}
