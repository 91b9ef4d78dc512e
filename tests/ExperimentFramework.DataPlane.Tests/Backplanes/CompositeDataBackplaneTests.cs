using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using ExperimentFramework.DataPlane.Tests.Delivery;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Testing;

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
    public async Task Resolved_before_the_pipeline_it_is_no_cycle()
    {
        await using var fixture = DataPlaneFixture.Bare(_ => { }, services => services.AddCompositeDataBackplane(_ => new CountingBackplane()));

        Assert.Single(fixture.Services.GetServices<IDataBackplane>());

        Assert.NotNull(fixture.Get<IEventPublisher>());
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

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_child_whose_disposal_never_ends_holds_up_the_container_no_longer_than_the_shutdown_timeout(bool blocksItsThread)
    {
        var timeout = TimeSpan.FromSeconds(10);
        using var gate = new ManualResetEventSlim();
        var other = new CountingBackplane();
        var fixture = DataPlaneFixture.Bare(
            options => options.ShutdownTimeout = timeout,
            services => services.AddCompositeDataBackplane(_ => new EndlessDisposal(blocksItsThread ? gate : null), _ => other));
        var (logs, begun) = (fixture.Get<FakeLogCollector>(), fixture.Time.GetUtcNow());
        await fixture.Get<IEventPublisher>().PublishAsync(SampleEvents.Error);

        await fixture.DisposeAsync();

        gate.Set();
        Assert.InRange(fixture.Time.GetUtcNow() - begun, timeout * 0.9, timeout * 1.5);
        Assert.Equal((1, 1), (other.Published, other.Disposals));
        var log = Assert.Single(logs.GetSnapshot(), record => record.Id.Name == "DisposalAbandoned");
        Assert.Contains(nameof(EndlessDisposal), log.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_child_whose_disposal_throws_a_timeout_of_its_own_is_not_taken_for_one_that_never_ends()
    {
        var composite = new CompositeDataBackplane([new CountingBackplane { DisposalFailure = new TimeoutException("its own") }]);

        Assert.Equal("its own", (await Assert.ThrowsAsync<TimeoutException>(async () => await composite.DisposeAsync())).Message);
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
    public async Task A_synchronous_end_closes_the_queues_and_counts_what_comes_later_as_dropped()
    {
        var composite = new CompositeDataBackplane([new RecordingBackplane()]);
        composite.Dispose();

        await composite.PublishAsync(SampleEvents.Envelope(SampleEvents.Error));

        Assert.Equal(1L, (await composite.HealthAsync()).Diagnostics["destination:0:RecordingBackplane:dropped"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_instruments_of_a_composite_that_the_application_made_end_with_it(bool isAsynchronous)
    {
        var (thread, published, ended) = (Environment.CurrentManagedThreadId, new ConcurrentDictionary<Instrument, bool>(), 0);
        using var listener = new MeterListener { MeasurementsCompleted = (instrument, _) => ended += published.ContainsKey(instrument) ? 1 : 0 };
        listener.InstrumentPublished = (instrument, listening) =>
        {
            // Other tests create meters of the same name on their threads.
            if (Environment.CurrentManagedThreadId == thread && instrument.Meter.Name == DeliveryMetrics.MeterName)
            {
                published[instrument] = true;
                listening.EnableMeasurementEvents(instrument);
            }
        };
        listener.Start();
        published.Clear();
        var composite = new CompositeDataBackplane([new CountingBackplane()]);
        Assert.NotEmpty(published);

        if (isAsynchronous)
        {
            await composite.DisposeAsync();
        }
        else
        {
            composite.Dispose();
        }

        Assert.Equal(published.Count, ended);
    }

    [Fact]
    public async Task It_needs_a_child_and_an_event()
    {
        Assert.Throws<ArgumentNullException>("backplanes", () => new CompositeDataBackplane(null!));
        await using var composite = new CompositeDataBackplane([new CountingBackplane()]);
        await Assert.ThrowsAsync<ArgumentNullException>("envelope", async () => await composite.PublishAsync(null!));
        Assert.StartsWith("A composite requires", Assert.Throws<ArgumentException>("backplanes", () => new CompositeDataBackplane([])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new CompositeDataBackplane([new CountingBackplane(), null!]));
        Assert.Throws<ArgumentException>(() => new ServiceCollection().AddCompositeDataBackplane());
    }

    private sealed class EndlessDisposal(ManualResetEventSlim? gate) : AcceptingBackplane, IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            gate?.Wait(TimeSpan.FromMinutes(5));
            return new ValueTask(new TaskCompletionSource().Task);
        }
    }
}
