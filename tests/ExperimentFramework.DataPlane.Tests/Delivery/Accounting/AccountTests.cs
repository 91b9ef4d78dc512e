using ExperimentFramework.DataPlane.Tests.Accounting;
using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Tests.Delivery;

/// <summary>Each destination receives accounts of what was published to it and what was dropped, so that its stream can be checked from itself.</summary>
public sealed class AccountTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task An_account_comes_every_interval_even_when_nothing_happens_and_the_last_one_at_the_end()
    {
        var destination = new RecordingBackplane();
        var fixture = Start(destination, options => options.AccountingInterval = TimeSpan.FromSeconds(30));
        var start = fixture.Time.GetUtcNow();

        await AdvanceAsync(fixture, seconds: 29);
        Assert.Empty(Accounts(destination));
        await AdvanceAsync(fixture, seconds: 36);
        await fixture.DisposeAsync();

        var accounts = Accounts(destination);
        Assert.Equal([(1L, false), (2L, false), (3L, true)], accounts.Select(account => (account.SequenceNumber, account.IsLast)));
        Assert.All(accounts, account => Assert.Equal((start, "*", nameof(RecordingBackplane)), (account.IntervalStart, account.ExperimentName, account.Destination)));
        Assert.All(accounts, account => Assert.Empty(account.Published));
        Assert.InRange(accounts[0].IntervalEnd - start, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(31));
        Assert.True(accounts[2].IntervalEnd > accounts[1].IntervalEnd);
        Assert.Same(accounts[2], destination.Events[^1].Payload);
    }

    [Fact]
    public async Task An_account_has_the_producer_that_the_ids_of_its_events_name()
    {
        var destination = new RecordingBackplane();
        var fixture = Start(destination);
        fixture.Get<IGreeter>().Greet("u1");
        await fixture.DisposeAsync();

        var producer = Assert.Single(Accounts(destination)).ProducerId;
        Assert.All(destination.Events, envelope => Assert.Equal(producer, ProducerId.Of(envelope.EventId)));
        Assert.All(destination.Events, envelope => Assert.EndsWith(producer, envelope.EventId.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_exposing_call_is_published_or_a_repeat_or_sampled_out_or_without_subject()
    {
        var destination = new RecordingBackplane();
        var selector = new SwitchedSelector();
        var fixture = DataPlaneFixture.Queued(destination, trial => trial.Using(selector).WithSemantics(ExposureSemantics.OnFirstUse), options =>
            (options.EnableAccountingEvents, options.SamplingRate, options.EnableAnalysisSignals) = (true, 0.5, false));
        var greeter = fixture.Get<IGreeter>();
        for (var call = 0; call < 300; call++)
        {
            greeter.Greet($"u{call % 40}");
        }

        for (var call = 0; call < 7; call++)
        {
            greeter.Greet(null);
            greeter.WarmUp("u1");
        }

        selector.Variant = "control";
        greeter.Greet("u1");
        await fixture.DisposeAsync();

        var last = Accounts(destination)[^1];
        var calls = last.Calls.Single(row => row.VariantKey == "b");
        var published = last.Published.Where(row => row is { VariantKey: "b", EventType: "Exposure" }).Sum(row => row.Count);
        Assert.Equal(307, calls.ExposingCalls);
        Assert.Equal(calls.ExposingCalls, published + calls.RepeatsNotRecorded + calls.SampledOut + calls.NoSubject);
        Assert.Equal((7, destination.Events.Count(envelope => envelope.Payload is ExposureEvent { VariantKey: "b" })), (calls.NoSubject, published));
        Assert.True(calls is { RepeatsNotRecorded: > 0, SampledOut: > 0 });
        Assert.Equal(1, last.Calls.Single(row => row.VariantKey == "control").ExposingCalls);
    }

    [Fact]
    public async Task Calls_of_many_threads_at_once_are_counted_to_the_call()
    {
        var destination = new RecordingBackplane();
        var fixture = DataPlaneFixture.Queued(destination, trial => trial.Using(new FixedSelector("b")).WithSemantics(ExposureSemantics.OnFirstUse), options => options.EnableAccountingEvents = true);
        var greeter = fixture.Get<IGreeter>();
        var threads = Enumerable.Range(0, 8).Select(_ => new Thread(() =>
        {
            for (var call = 0; call < 5_000; call++)
            {
                greeter.Greet($"u{call % 100}");
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        await fixture.DisposeAsync();

        var calls = Assert.Single(Accounts(destination)[^1].Calls);
        Assert.Equal((40_000, 39_900), (calls.ExposingCalls, calls.RepeatsNotRecorded));
    }

    [Fact]
    public async Task What_one_destination_drops_is_in_its_own_account_and_not_in_that_of_another()
    {
        var refusing = new RefusingBackplane();
        var other = new RecordingBackplane();
        var fixture = DataPlaneFixture.Bare(
            options => (options.EnableAccountingEvents, options.EnableErrorEvents) = (true, false),
            services => services.AddSingleton<IDataBackplane>(refusing).AddSingleton<IDataBackplane>(other));
        for (var i = 0; i < 10; i++)
        {
            await fixture.Get<IEventPublisher>().PublishAsync(SampleEvents.Exposure with { SubjectId = $"u{i}" });
        }

        await fixture.DisposeAsync();

        var refused = Assert.Single(Accounts(refusing.Taken)[^1].Drops);
        Assert.Equal(("exp", "b", "Exposure", DropReasons.Rejected, 5, null), (refused.ExperimentName, refused.VariantKey, refused.EventType, refused.Reason, refused.Count, refused.OriginalProducerId));
        Assert.Empty(Accounts(other)[^1].Drops);
        AddsUp(refusing.Taken);
        AddsUp(other.Events);
    }

    [Fact]
    public async Task What_is_lost_in_front_of_all_destinations_is_in_the_account_of_each_that_did_not_get_it()
    {
        var queued = new RecordingBackplane { Gate = new TaskCompletionSource() };
        var immediate = new InMemoryDataBackplane();
        var fixture = DataPlaneFixture.Bare(
            options => (options.EnableAccountingEvents, options.EnableErrorEvents, options.MaxQueueSize, options.BatchSize) = (true, false, 4, 1),
            services => services.AddSingleton<IDataBackplane>(queued).AddSingleton<IDataBackplane>(immediate));
        for (var i = 0; i < 100; i++)
        {
            await fixture.Get<IEventPublisher>().PublishAsync(SampleEvents.Exposure with { SubjectId = $"u{i}" });
        }

        queued.Gate.SetResult();
        await fixture.DisposeAsync();

        Assert.Equal(100, Accounts(queued)[^1].Published.Sum(row => row.Count));
        Assert.True(Accounts(queued)[^1].Drops.Sum(row => row.Count) >= 90);
        Assert.Empty(Accounts(immediate.Events)[^1].Drops);
        AddsUp(queued.Events);
        AddsUp(immediate.Events);
    }

    [Fact]
    public async Task An_account_that_finds_no_room_is_left_out_and_the_next_one_has_its_counts_and_its_number()
    {
        var destination = new RecordingBackplane { Gate = new TaskCompletionSource() };
        var fixture = Start(destination, options => (options.MaxQueueSize, options.BatchSize, options.AccountingInterval, options.EnableErrorEvents) = (2, 1, TimeSpan.FromSeconds(2), false));
        for (var i = 0; i < 20; i++)
        {
            fixture.Get<IGreeter>().Greet($"u{i}");
            await fixture.Time.AdvanceUntil(() => fixture.Get<DeliveryPipeline>().Pending == 0, TimeSpan.Zero);
        }

        await AdvanceAsync(fixture, seconds: 30);
        destination.Gate.SetResult();
        await fixture.DisposeAsync();

        // Of fifteen that were due, two found a reserved place.
        var accounts = Accounts(destination);
        Assert.Equal([1L, 2L, 3L], accounts.Select(account => account.SequenceNumber));
        Assert.True(accounts[^1].IsLast);
        AddsUp(destination.Events);
    }

    [Fact]
    public async Task A_destination_that_loses_an_account_gets_its_counts_with_the_next()
    {
        var destination = new RecordingBackplane();
        var fixture = Start(destination, options => (options.AccountingInterval, options.EnableErrorEvents, options.Retry.MaxAttempts) = (TimeSpan.FromSeconds(10), false, 1));
        fixture.Get<IGreeter>().Greet("u1");
        await AdvanceAsync(fixture, seconds: 5);
        destination.Failure = new IOException("down");
        fixture.Get<IGreeter>().Greet("u2");
        await AdvanceAsync(fixture, seconds: 10);
        destination.Failure = null;
        await fixture.DisposeAsync();

        var last = Assert.Single(Accounts(destination));
        Assert.Equal((2L, true), (last.SequenceNumber, last.IsLast));
        Assert.Equal(1, last.Drops.Where(row => row.EventType == "Exposure").Sum(row => row.Count));
        AddsUp(destination.Events);
    }

    [Fact]
    public async Task Interim_accounts_never_promise_an_event_that_has_not_arrived()
    {
        var destination = new RecordingBackplane();
        var fixture = Start(destination, options => (options.AccountingInterval, options.BatchSize) = (Second, 5));
        for (var i = 0; i < 200; i++)
        {
            fixture.Get<IGreeter>().Greet($"u{i}");
            if (i % 10 == 0)
            {
                await AdvanceAsync(fixture, seconds: 1);
            }
        }

        await fixture.DisposeAsync();

        Assert.True(Accounts(destination).Count > 5);
        for (var (i, arrived) = (0, 0); i < destination.Events.Count; i++)
        {
            if (destination.Events[i].Payload is AccountingEvent account)
            {
                Assert.True(account.Published.Sum(row => row.Count) - account.Drops.Sum(row => row.Count) <= arrived);
            }
            else
            {
                arrived++;
            }
        }

        AddsUp(destination.Events);
    }

    [Fact]
    public async Task Without_a_queue_accounts_come_as_well()
    {
        var fixture = DataPlaneFixture.Greeting(trial => trial.Using(new FixedSelector("b")), options => options.EnableAccountingEvents = true);
        var events = fixture.Backplane;
        fixture.Get<IGreeter>().Greet("u1");
        fixture.Time.Advance(TimeSpan.FromMinutes(1));
        fixture.Get<IGreeter>().Greet("u2");
        await fixture.DisposeAsync();

        Assert.Equal([(1L, 1L, false), (2L, 2L, true)], Accounts(events.Events).Select(account => (account.SequenceNumber, account.Published.Sum(row => row.Count), account.IsLast)));
        AddsUp(events.Events);
    }

    [Fact]
    public async Task Each_destination_of_a_composite_has_accounts_of_its_own()
    {
        var (first, second) = (new RecordingBackplane(), new RefusingBackplane());
        var fixture = DataPlaneFixture.Bare(options => options.EnableAccountingEvents = true, services => services.AddCompositeDataBackplane(_ => first, _ => second));
        await fixture.Get<IEventPublisher>().PublishAsync(SampleEvents.Exposure);
        await fixture.Get<IEventPublisher>().PublishAsync(SampleEvents.Exposure);
        await fixture.DisposeAsync();

        Assert.Equal((0, 1), (Accounts(first)[^1].Drops.Count, Accounts(second.Taken)[^1].Drops.Count));
        AddsUp(first.Events);
        AddsUp(second.Taken);
    }

    [Fact]
    public async Task Events_taken_over_from_an_ended_process_and_dropped_are_named_with_their_own_producer()
    {
        var original = Guid.Parse("0192f0d1-0000-7000-8000-0f0e0d0c0b0a");
        var (refusing, outbox) = (new RefusingBackplane(), new InMemoryEventOutbox(capacity: 100));
        outbox.Append(typeof(RefusingBackplane).ToString(), [.. Enumerable.Range(0, 2).Select(i => new QueuedEnvelope(SampleEvents.Envelope(SampleEvents.Exposure) with { EventId = original }, i))], _ => { });
        var fixture = DataPlaneFixture.Bare(
            options => (options.EnableAccountingEvents, options.EnableErrorEvents) = (true, false), services => services.AddSingleton<IDataBackplane>(refusing).AddSingleton<IEventOutbox>(outbox));
        await fixture.Time.AdvanceUntil(fixture.Get<IEventPublisher>().FlushAsync().AsTask());
        await fixture.Time.AdvanceUntil(() => outbox.Count(typeof(RefusingBackplane).ToString()) == 0);
        await fixture.DisposeAsync();

        var last = Accounts(refusing.Taken)[^1];
        var drop = Assert.Single(last.Drops);
        Assert.Equal(("Exposure", DropReasons.Rejected, 1, ProducerId.Of(original)), (drop.EventType, drop.Reason, drop.Count, drop.OriginalProducerId));
        Assert.Empty(last.Published);
        Assert.Empty(last.Calls);
    }

    [Fact]
    public async Task Events_that_an_outbox_keeps_are_published_and_not_dropped_and_so_is_the_last_account()
    {
        var (down, outbox) = (new RecordingBackplane { Failure = new IOException("down") }, new InMemoryEventOutbox(capacity: 100));
        var fixture = DataPlaneFixture.Bare(
            options => (options.EnableAccountingEvents, options.EnableErrorEvents) = (true, false), services => services.AddSingleton<IDataBackplane>(down).AddSingleton<IEventOutbox>(outbox));
        for (var i = 0; i < 5; i++)
        {
            await fixture.Get<IEventPublisher>().PublishAsync(SampleEvents.Exposure);
        }

        await fixture.Time.AdvanceUntil(fixture.Get<IEventPublisher>().FlushAsync().AsTask());
        await fixture.DisposeAsync();

        List<QueuedEnvelope> stored = [];
        outbox.Read(typeof(RecordingBackplane).ToString(), stored, 100, _ => { });
        Assert.Equal(5, Accounts(stored.Select(queued => queued.Envelope))[^1].Published.Sum(row => row.Count));
        AddsUp(stored.Select(queued => queued.Envelope));
    }

    [Fact]
    public async Task Accounts_that_are_switched_on_later_have_counted_from_the_start()
    {
        var destination = new RecordingBackplane();
        var fixture = Start(destination, options => options.EnableAccountingEvents = false);
        fixture.Get<IGreeter>().Greet("u1");
        await AdvanceAsync(fixture, seconds: 120);
        await fixture.Get<IEventPublisher>().FlushAsync();

        Assert.Empty(Accounts(destination));
        fixture.Get<ReloadableOptions>().Value.EnableAccountingEvents = true;
        await AdvanceAsync(fixture, seconds: 61);
        await fixture.DisposeAsync();

        Assert.Equal([1L, 2L], Accounts(destination).Select(account => account.SequenceNumber));
        AddsUp(destination.Events);
    }

    [Fact]
    public void A_synchronous_end_does_not_wait_for_the_last_account_and_one_that_comes_all_the_same_is_right()
    {
        var destination = new RecordingBackplane();
        var fixture = Start(destination);
        fixture.Get<IGreeter>().Greet("u1");

        fixture.Services.Dispose();

        var events = destination.Events;
        if (Accounts(events).Any(account => account.IsLast))
        {
            AddsUp(events);
        }
    }

    [Fact]
    public async Task A_destination_that_does_not_return_in_time_gets_no_last_account_that_would_be_wrong()
    {
        var destination = new RecordingBackplane { Gate = new TaskCompletionSource() };
        var fixture = Start(destination, options => options.ShutdownTimeout = Second);
        fixture.Get<IGreeter>().Greet("u1");
        await fixture.Time.AdvanceUntil(destination.IsCalled.Task);
        await fixture.DisposeAsync();
        destination.Gate.SetResult();

        Assert.Empty(Accounts(destination));
    }

    private static DataPlaneFixture Start(IDataBackplane destination, Action<DataPlaneOptions>? configure = null) =>
        DataPlaneFixture.Queued(destination, trial => trial.Using(new FixedSelector("b")), options =>
        {
            options.EnableAccountingEvents = true;
            configure?.Invoke(options);
        });

    private static async Task AdvanceAsync(DataPlaneFixture fixture, int seconds)
    {
        _ = fixture.Get<EventPublisher>();
        for (var i = 0; i < seconds; i++)
        {
            fixture.Time.Advance(Second);
            await fixture.Time.AdvanceUntil(() => fixture.Get<DeliveryPipeline>().IsResting, TimeSpan.Zero);
        }
    }

    private static List<AccountingEvent> Accounts(RecordingBackplane destination) => Accounts(destination.Events);

    private static List<AccountingEvent> Accounts(IEnumerable<DataPlaneEnvelope> events) => [.. events.Select(envelope => envelope.Payload).OfType<AccountingEvent>()];

    private static void AddsUp(IEnumerable<DataPlaneEnvelope> events)
    {
        var sums = new EventStreamSums(events.Select(DataPlaneJson.Serialize));
        var producer = Assert.Single(sums.Producers);
        Assert.Contains(producer, sums.Complete);
        Assert.Equal(sums.Arrived(producer), sums.Expected(producer));
    }

    private sealed class SwitchedSelector : IVariantSelector
    {
        public string Variant { get; set; } = "b";

        public VariantSelection Select(in SelectionContext context) => new FixedSelector(Variant).Select(context);
    }

    /// <summary>A destination that refuses every second event, but no account.</summary>
    private sealed class RefusingBackplane : IDataBackplane
    {
        private readonly List<DataPlaneEnvelope> _taken = [];
        private int _calls;

        public IReadOnlyList<DataPlaneEnvelope> Taken => _taken;

        public ValueTask PublishAsync(DataPlaneEnvelope envelope, CancellationToken cancellationToken = default) => throw new InvalidOperationException("The pipeline publishes batches.");

        public ValueTask<BatchResult> PublishAsync(IReadOnlyList<DataPlaneEnvelope> envelopes, CancellationToken cancellationToken = default)
        {
            var statuses = envelopes
                .Select(envelope => envelope.Payload is AccountingEvent || ++_calls % 2 == 0 ? DeliveryStatus.Delivered : DeliveryStatus.PermanentFailure)
                .ToArray();
            _taken.AddRange(envelopes.Where((_, i) => statuses[i] == DeliveryStatus.Delivered));
            return ValueTask.FromResult(BatchResult.FromStatuses(statuses));
        }

        public ValueTask FlushAsync(CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

        public ValueTask<BackplaneHealth> HealthAsync(CancellationToken cancellationToken = default) => ValueTask.FromResult(BackplaneHealth.Healthy());
    }
}
