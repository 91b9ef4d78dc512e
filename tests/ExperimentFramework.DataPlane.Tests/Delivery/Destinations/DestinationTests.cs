using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Tests.Delivery;

/// <summary>What a destination does, or fails to do, stays with it, and every event is accounted for.</summary>
public sealed class DestinationTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly DropLedger _drops = new();

    private Destination Behind(
        IDataBackplane backplane, ILogger? logger = null, IEventOutbox? outbox = null, TimeProvider? time = null, DataPlaneOptions? options = null, Random? random = null) => new(
        backplane,
        "destination",
        DestinationSettings.From(options ?? new DataPlaneOptions(), new ShutdownBudget(TimeSpan.FromSeconds(5), time ?? _time), random ?? new Random(1)),
        new DeliveryMetrics(_drops),
        time ?? _time,
        logger ?? NullLogger.Instance,
        outbox);

    [Fact]
    public async Task A_logger_that_throws_does_not_stop_the_worker()
    {
        var backplane = new RecordingBackplane { Failure = new IOException("down") };
        await using var destination = Behind(backplane, new BrokenLogger());

        destination.TryPublish(SampleEvents.Envelope(SampleEvents.Error));
        await _time.AdvanceUntil(destination.FlushAsync(default).AsTask());
        backplane.Failure = null;
        destination.TryPublish(SampleEvents.Envelope(SampleEvents.Error));
        await _time.AdvanceUntil(destination.FlushAsync(default).AsTask());

        Assert.Single(backplane.Events);
        Assert.Equal(1, _drops.Lost);
    }

    [Fact]
    public async Task An_event_about_a_loss_has_waited_since_it_was_queued_and_not_since_the_loss_began()
    {
        var backplane = new RecordingBackplane { Gate = new TaskCompletionSource() };
        await using var destination = Behind(backplane);

        destination.TryPublishReserved(SampleEvents.Envelope(SampleEvents.Error with { Timestamp = _time.GetUtcNow() - TimeSpan.FromHours(1) }));
        var oldest = destination.QueueState.Oldest;
        backplane.Gate.SetResult();

        Assert.Equal(_time.GetUtcNow(), oldest);
    }

    [Fact]
    public async Task An_event_that_always_fails_and_that_the_outbox_refuses_is_counted_as_dropped()
    {
        var backplane = new PoisonedBackplane("poison");
        await using var destination = Behind(backplane, outbox: new InMemoryEventOutbox(capacity: 0), options: new DataPlaneOptions { Retry = { MaxAttempts = 1 } });

        destination.TryPublish(SampleEvents.Envelope(SampleEvents.Exposure with { SubjectId = "poison" }));
        destination.TryPublish(SampleEvents.Envelope(SampleEvents.Exposure));
        await _time.AdvanceUntil(destination.FlushAsync(default).AsTask());

        var rows = new Dictionary<string, object>();
        _drops.Describe(rows);
        Assert.Equal(1L, rows["dropped:exp/b/Exposure/retries_exhausted"]);
        Assert.Equal((1L, 1L), (destination.Delivered, _drops.Lost));
    }

    [Fact]
    public async Task Disposal_gives_up_on_a_destination_that_hangs_and_counts_the_event_in_flight_too()
    {
        var backplane = new HangingBackplane();
        var destination = Behind(backplane);
        destination.TryPublish(SampleEvents.Envelope(SampleEvents.Error));
        destination.TryPublish(SampleEvents.Envelope(SampleEvents.Error));
        await backplane.IsCalled.Task;

        var disposal = destination.DisposeAsync().AsTask();
        Assert.False(disposal.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(5));
        await disposal;
        Assert.Equal(2, _drops.Lost);

        // The destination comes back after it was given up: nothing is counted twice.
        backplane.Gate.SetResult();
        await backplane.HasReturned.Task;
        Assert.Equal(2, _drops.Lost);
        Assert.Equal(1, backplane.Calls);
    }

    [Fact]
    public async Task Synchronous_disposal_does_not_wait_and_counts_what_is_left()
    {
        var backplane = new HangingBackplane();
        var destination = Behind(backplane);
        for (var i = 0; i < 50; i++)
        {
            destination.TryPublish(SampleEvents.Envelope(SampleEvents.Error));
        }

        await backplane.IsCalled.Task;
        destination.Dispose();

        Assert.Equal(50, _drops.Lost);
        backplane.Gate.SetResult();
        await backplane.HasReturned.Task;
        Assert.Equal(50, _drops.Lost);
        Assert.Equal(1, backplane.Calls);
    }

    [Fact(Timeout = 30_000)]
    public async Task The_word_about_a_loss_goes_to_the_outbox_like_every_event_so_that_a_flush_does_not_wait_for_a_destination_that_is_down()
    {
        var outbox = new BrokenOutbox();
        using var destination = Behind(new RecordingBackplane { Failure = new IOException("down") }, outbox: outbox);
        destination.TryPublish(SampleEvents.Envelope(SampleEvents.Exposure));
        await destination.FlushAsync(TestContext.Current.CancellationToken);

        // More than one: the worker that moves the event before it may take the first along.
        for (var i = 0; i < 100; i++)
        {
            Assert.True(destination.TryPublishReserved(SampleEvents.Envelope(SampleEvents.Error)));
            await destination.FlushAsync(TestContext.Current.CancellationToken);
        }

        Assert.Equal(101, outbox.Count("destination"));
    }

    [Fact(Timeout = 30_000)]
    public async Task What_waits_behind_an_event_that_fails_goes_to_the_outbox_without_waiting_for_another_event()
    {
        var (outbox, backplane) = (new BrokenOutbox(), new RecordingBackplane { Failure = new IOException("down"), Gate = new TaskCompletionSource() });
        using var destination = Behind(backplane, outbox: outbox, options: new DataPlaneOptions { BatchSize = 1 });
        for (var i = 0; i < 3; i++)
        {
            destination.TryPublish(SampleEvents.Envelope(SampleEvents.Exposure));
        }

        await backplane.IsCalled.Task.WaitAsync(TestContext.Current.CancellationToken);
        backplane.Gate.SetResult();
        await destination.FlushAsync(TestContext.Current.CancellationToken);

        Assert.Equal((3, 0), (outbox.Count("destination"), _drops.Lost));
    }

    [Fact(Timeout = 30_000)]
    public async Task An_end_without_waiting_stores_what_the_outbox_has_room_for_and_counts_the_rest()
    {
        var (outbox, backplane) = (new InMemoryEventOutbox(capacity: 2), new HangingBackplane());
        var destination = Behind(backplane, outbox: outbox);
        for (var i = 0; i < 5; i++)
        {
            destination.TryPublish(SampleEvents.Envelope(SampleEvents.Exposure));
        }

        await backplane.IsCalled.Task;
        var flush = destination.FlushAsync(TestContext.Current.CancellationToken).AsTask();
        destination.Dispose();

        Assert.Equal((2, 3), (outbox.Count("destination"), _drops.Lost));
        backplane.Gate.SetResult();
        await flush;
    }

    [Fact]
    public async Task The_worker_does_not_carry_on_the_first_callers_context()
    {
        var seen = new TaskCompletionSource<string?>();
        using var activity = new Activity("first request").Start();
        await using var destination = Behind(new ScriptedBackplane(_ =>
        {
            seen.SetResult(Activity.Current?.OperationName);
            return BatchResult.Delivered;
        }));

        destination.TryPublish(SampleEvents.Envelope(SampleEvents.Error));

        Assert.Null(await seen.Task);
    }

    [Fact]
    public async Task A_health_check_that_hangs_is_given_up()
    {
        await using var destination = Behind(new HangingBackplane());

        var check = destination.HealthAsync(default).AsTask();
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.False((await check).IsHealthy);
    }

    [Fact]
    public async Task A_health_that_is_null_is_unhealthy()
    {
        await using var destination = Behind(new ScriptedBackplane(_ => BatchResult.Delivered) { Health = null });

        Assert.Contains("returned null", (await destination.HealthAsync(default)).Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_destination_registered_twice_is_one_and_is_disposed_once()
    {
        var fixture = DataPlaneFixture.Greeting(
            trial => trial.Using(new FixedSelector("b")),
            services: services => services.AddDataBackplane<CountingBackplane>().AddDataBackplane<CountingBackplane>().AddInMemoryDataBackplane());
        fixture.Get<IGreeter>().Greet("u1");
        await fixture.Get<IEventPublisher>().FlushAsync();
        var counting = fixture.Services.GetServices<IDataBackplane>().OfType<CountingBackplane>().Single();

        Assert.Single(fixture.Exposures);
        Assert.Equal(1, counting.Published);
        await fixture.DisposeAsync();
        Assert.Equal(1, counting.Disposals);
    }

    [Fact]
    public async Task A_destination_that_hangs_does_not_make_the_hosts_stop_throw()
    {
        var hanging = new HangingBackplane();
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton<Hello>().AddSingleton<IDataBackplane>(hanging);
        builder.Services.AddExperimentFramework(experiments => experiments.WithExposureLogging().Trial<IGreeter>(trial => trial.AddControl<Hello>()));
        using var host = builder.Build();
        await host.StartAsync();
        host.Services.GetRequiredService<IGreeter>().Greet("u1");

        // The token of a host whose shutdown timeout has ended.
        await host.StopAsync(new CancellationToken(true));
        hanging.Gate.SetResult();
    }

    [Fact]
    public async Task A_destination_that_has_accepted_an_event_is_tried_again_soon_when_it_fails_the_next_time()
    {
        var time = new PacedTime(DateTimeOffset.UnixEpoch);
        List<DateTimeOffset> calls = [];
        await using var destination = Behind(
            new ScriptedBackplane(_ =>
            {
                calls.Add(time.GetUtcNow());
                return calls.Count is 7 or 9 ? BatchResult.Delivered : throw new IOException("down");
            }),
            time: time,
            options: new DataPlaneOptions { Retry = { MaxAttempts = 10, BaseDelay = TimeSpan.FromSeconds(1) } },
            random: new LongestDelays());
        time.AreWorkersResting = () => destination.IsResting;

        destination.TryPublish(SampleEvents.Envelope(SampleEvents.Error));
        await time.AdvanceUntil(() => destination.Delivered == 1);
        destination.TryPublish(SampleEvents.Envelope(SampleEvents.Error));
        await time.AdvanceUntil(() => destination.Delivered == 2);

        Assert.InRange(calls[6] - calls[5], TimeSpan.FromSeconds(29), TimeSpan.FromMinutes(2));
        Assert.InRange(calls[8] - calls[7], TimeSpan.FromSeconds(0.9), TimeSpan.FromSeconds(15));
    }

    private sealed class LongestDelays : Random
    {
        public override double NextDouble() => 1 - 1e-12;
    }

    /// <summary>A destination that never takes the events of one subject, and does not say that it never will.</summary>
    private sealed class PoisonedBackplane(string subject) : AcceptingBackplane
    {
        public override ValueTask PublishAsync(DataPlaneEnvelope envelope, CancellationToken cancellationToken = default) =>
            (envelope.Payload as ExposureEvent)?.SubjectId == subject ? throw new IOException("no") : ValueTask.CompletedTask;
    }
}
