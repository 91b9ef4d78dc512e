using static ExperimentFramework.DataPlane.Tests.Delivery.AccountFixture;

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
        var metrics = fixture.Get<DeliveryMetrics>();

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
        Assert.Equal(3, metrics.Published);
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
    public async Task Events_of_every_category_add_up_by_the_variant_that_they_count_for()
    {
        var destination = new RecordingBackplane();
        var fixture = Start(destination);
        foreach (var sample in SampleEvents.Published.Append(SampleEvents.Exposure with { AssignedVariantKey = null }))
        {
            await fixture.Get<IEventPublisher>().PublishAsync(sample, TestContext.Current.CancellationToken);
        }

        await fixture.DisposeAsync();

        Assert.Equal(SampleEvents.Published.Select(sample => sample.EventType.ToString()).Order(StringComparer.Ordinal), Accounts(destination)[^1].Published.Select(row => row.EventType).Distinct().Order(StringComparer.Ordinal));
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
    public async Task A_synchronous_end_does_not_wait_for_a_destination_that_does_not_return_and_writes_no_last_account()
    {
        var destination = new RecordingBackplane { Gate = new TaskCompletionSource() };
        var fixture = Start(destination);
        fixture.Get<IGreeter>().Greet("u1");
        await fixture.Time.AdvanceUntil(destination.IsCalled.Task);

        await Task.Run(fixture.Services.Dispose, TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

        Assert.Empty(destination.Events);
        destination.Gate.SetResult();
    }

    [Fact]
    public async Task A_last_account_that_comes_with_a_synchronous_end_is_right()
    {
        var destination = new RecordingBackplane();
        var fixture = Start(destination);
        fixture.Get<IGreeter>().Greet("u1");
        await fixture.Time.AdvanceUntil(destination.IsCalled.Task);

        fixture.Services.Dispose();

        var events = destination.Events;
        Assert.InRange(Accounts(events).Count(account => account.IsLast), 0, 1);
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
}
