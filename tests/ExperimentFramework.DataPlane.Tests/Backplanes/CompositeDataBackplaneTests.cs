using ExperimentFramework.DataPlane.Tests.Delivery;
using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Tests.Backplanes;

public sealed class CompositeDataBackplaneTests
{
    [Fact]
    public async Task A_child_that_fails_does_not_affect_another_and_shows_in_health()
    {
        var failing = new RecordingBackplane { Failure = new EventRejectedException("unreadable") };
        var other = new RecordingBackplane();
        await using var composite = new CompositeDataBackplane([failing, other]);

        await composite.PublishAsync(SampleEvents.Envelope(SampleEvents.Error));
        await composite.FlushAsync();

        Assert.Single(other.Events);
        var health = await composite.HealthAsync();
        Assert.False(health.IsHealthy);
        Assert.Contains("unreadable", health.Description, StringComparison.Ordinal);
        Assert.Equal(1L, health.Diagnostics["destination:0:RecordingBackplane:dropped"]);
        Assert.Equal(1L, health.Diagnostics["destination:1:RecordingBackplane#2:delivered"]);
    }

    [Fact]
    public async Task A_child_that_hangs_holds_up_nobody()
    {
        var hanging = new RecordingBackplane { Gate = new TaskCompletionSource() };
        var other = new RecordingBackplane();
        await using var composite = new CompositeDataBackplane([hanging, other]);

        for (var i = 0; i < 10; i++)
        {
            await composite.PublishAsync(SampleEvents.Envelope(SampleEvents.Error));
        }

        await other.Reached(10);
        Assert.Empty(hanging.Events);
        hanging.Gate.SetResult();
        await composite.FlushAsync();
        Assert.Equal(10, hanging.Events.Count);
    }

    [Fact]
    public async Task Registered_it_expands_into_its_children_and_disposes_them()
    {
        var memory = new InMemoryDataBackplane();
        var closing = new CountingBackplane();
        var fixture = DataPlaneFixture.Greeting(
            trial => trial.Using(new FixedSelector("b")),
            services: services => services.AddCompositeDataBackplane(_ => memory, _ => new CompositeDataBackplane([closing])));

        fixture.Get<IGreeter>().Greet("u1");
        Assert.Single(memory.Events);
        var health = await fixture.Get<IEventPublisher>().HealthAsync();
        Assert.Equal(3, health.Diagnostics.Keys.Count(key => key.EndsWith(":healthy", StringComparison.Ordinal)));

        await fixture.DisposeAsync();
        Assert.Equal(1, closing.Published);
        Assert.Equal(1, closing.Disposals);
    }

    [Fact]
    public async Task A_child_whose_disposal_throws_does_not_keep_the_others_from_theirs()
    {
        var asynchronous = new CountingBackplane();
        var composite = new CompositeDataBackplane([new CountingBackplane { DisposalFailure = new IOException("broken") }, asynchronous]);
        await Assert.ThrowsAsync<IOException>(async () => await composite.DisposeAsync());
        Assert.Equal(1, asynchronous.Disposals);

        var synchronous = new CountingBackplane();
        var other = new CompositeDataBackplane([new CountingBackplane { DisposalFailure = new IOException("broken") }, synchronous]);
        Assert.Throws<AggregateException>(other.Dispose);
        Assert.Equal(1, synchronous.Disposals);
    }

    [Fact]
    public async Task A_composite_that_names_its_destinations_as_others_are_named_is_refused_at_the_start()
    {
        await using var fixture = DataPlaneFixture.Bare(_ => { }, services => services
            .AddSingleton<IDataBackplane>(_ => new CountingBackplane())
            .AddSingleton<IDataBackplane>(_ => new CompositeDataBackplane([new CountingBackplane()])));

        var error = Assert.Throws<InvalidOperationException>(fixture.Get<IEventPublisher>);

        Assert.Equal(
            "2 destinations have the name 'CountingBackplane', because a CompositeDataBackplane that was created with its constructor names its destinations by itself. Register it with AddCompositeDataBackplane(...).",
            error.Message);
    }

    [Fact]
    public void It_needs_a_child()
    {
        Assert.Throws<ArgumentException>(() => new CompositeDataBackplane([]));
        Assert.Throws<ArgumentException>(() => new CompositeDataBackplane([new CountingBackplane(), null!]));
        Assert.Throws<ArgumentException>(() => new ServiceCollection().AddCompositeDataBackplane());
    }
}
