using Microsoft.Extensions.DependencyInjection;
using static ExperimentFramework.DataPlane.Tests.Delivery.AccountFixture;

namespace ExperimentFramework.DataPlane.Tests.Delivery;

/// <summary>The accounts of a destination are about what was published to it, and dropped in front of it or by it.</summary>
public sealed class DestinationAccountTests
{
    /// <summary>In virtual time, which passes faster than the workers of a busy machine do their work.</summary>
    private static readonly TimeSpan LongEnough = TimeSpan.FromHours(1);

    [Fact]
    public async Task What_one_destination_drops_is_in_its_own_account_and_not_in_that_of_another()
    {
        var refusing = new HalfRefusingBackplane();
        var other = new RecordingBackplane();
        var fixture = DataPlaneFixture.Bare(
            options => (options.EnableAccountingEvents, options.EnableErrorEvents, options.ShutdownTimeout) = (true, false, LongEnough),
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
            options => (options.EnableAccountingEvents, options.EnableErrorEvents, options.MaxQueueSize, options.BatchSize, options.ShutdownTimeout) = (true, false, 4, 1, LongEnough),
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
    public async Task Each_destination_of_a_composite_has_accounts_of_its_own()
    {
        var (first, second) = (new RecordingBackplane(), new HalfRefusingBackplane());
        var fixture = DataPlaneFixture.Bare(
            options => (options.EnableAccountingEvents, options.ShutdownTimeout) = (true, LongEnough), services => services.AddCompositeDataBackplane(_ => first, _ => second));
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
        var (refusing, outbox) = (new HalfRefusingBackplane(), new InMemoryEventOutbox(capacity: 100));
        outbox.Append(typeof(HalfRefusingBackplane).ToString(), [.. Enumerable.Range(0, 2).Select(i => new QueuedEnvelope(SampleEvents.Envelope(SampleEvents.Exposure) with { EventId = original }, i))], _ => { });
        var fixture = DataPlaneFixture.Bare(
            options => (options.EnableAccountingEvents, options.EnableErrorEvents, options.ShutdownTimeout) = (true, false, LongEnough), services => services.AddSingleton<IDataBackplane>(refusing).AddSingleton<IEventOutbox>(outbox));
        await fixture.Time.AdvanceUntil(fixture.Get<IEventPublisher>().FlushAsync().AsTask());
        await fixture.Time.AdvanceUntil(() => outbox.Count(typeof(HalfRefusingBackplane).ToString()) == 0);
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

    /// <summary>A destination that refuses every second event, but no account.</summary>
    private sealed class HalfRefusingBackplane : BatchBackplane
    {
        private readonly List<DataPlaneEnvelope> _taken = [];
        private int _calls;

        public IReadOnlyList<DataPlaneEnvelope> Taken => _taken;

        public override ValueTask<BatchResult> PublishAsync(IReadOnlyList<DataPlaneEnvelope> envelopes, CancellationToken cancellationToken = default)
        {
            var statuses = envelopes
                .Select(envelope => envelope.Payload is AccountingEvent || ++_calls % 2 == 0 ? DeliveryStatus.Delivered : DeliveryStatus.PermanentFailure)
                .ToArray();
            _taken.AddRange(envelopes.Where((_, i) => statuses[i] == DeliveryStatus.Delivered));
            return ValueTask.FromResult(BatchResult.FromStatuses(statuses));
        }
    }
}
