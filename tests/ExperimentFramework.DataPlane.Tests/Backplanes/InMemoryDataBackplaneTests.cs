using ExperimentFramework.DataPlane.Tests.Delivery;

namespace ExperimentFramework.DataPlane.Tests.Backplanes;

public sealed class InMemoryDataBackplaneTests
{
    [Fact]
    public async Task It_keeps_the_latest_events_up_to_its_capacity_and_counts_the_others()
    {
        var backplane = new InMemoryDataBackplane(3);
        var envelopes = Enumerable.Range(0, 5).Select(_ => SampleEvents.Envelope(SampleEvents.Error)).ToList();

        await ((IDataBackplane)backplane).PublishAsync(envelopes);

        Assert.Equal(envelopes[2..], backplane.Events);
        Assert.Equal(2, backplane.EvictedCount);
        var health = await backplane.HealthAsync();
        Assert.True(health.IsHealthy);
        Assert.Equal("3 of at most 3 events in memory, 2 evicted.", health.Description);
    }

    [Fact]
    public Task An_event_is_required() =>
        Assert.ThrowsAsync<ArgumentNullException>("envelope", async () => await new InMemoryDataBackplane().PublishAsync(null!));

    [Fact]
    public async Task Clear_forgets_the_events()
    {
        var backplane = new InMemoryDataBackplane();
        await backplane.PublishAsync(SampleEvents.Envelope(SampleEvents.Error));

        backplane.Clear();

        Assert.Empty(backplane.Events);
    }

    [Fact]
    public void Many_threads_lose_nothing()
    {
        var backplane = new InMemoryDataBackplane(1_000);
        Parallel.For(0, 8, _ =>
        {
            for (var i = 0; i < 1_000; i++)
            {
                ((IImmediateBackplane)backplane).Publish(SampleEvents.Envelope(SampleEvents.Error));
                Assert.True(backplane.Events.Count <= 1_000);
            }
        });

        Assert.Equal(8_000, backplane.Events.Count + backplane.EvictedCount);
    }

    [Fact]
    public void A_capacity_below_one_is_refused()
    {
        Assert.Equal(1, new InMemoryDataBackplane(1).Capacity);
        Assert.Throws<ArgumentOutOfRangeException>("capacity", () => new InMemoryDataBackplane(0));
    }
}
