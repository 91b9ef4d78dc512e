using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Tests.Delivery;

/// <summary>What is known of one destination, and the health that follows from it, each bound exactly at its edge.</summary>
public sealed class DestinationStatusTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Start);
    private readonly FakeLogger _logger = new();
    private readonly DropLedger _drops = new();
    private readonly DestinationStatus _state;

    public DestinationStatusTests() => _state = StateOf(hasOutbox: false);

    [Fact]
    public void An_event_that_the_outbox_drops_is_in_the_account_with_the_producer_that_published_it()
    {
        var envelope = SampleEvents.Envelope(SampleEvents.Exposure);

        _state.Drop(OutboxDrop.Of(envelope, DropReasons.OutboxExpired));

        var (drop, count) = Assert.Single(_state.Account.Dropped);
        Assert.Equal((DropReasons.OutboxExpired, ProducerId.NumberOf(envelope.EventId), 1L), (drop.Reason, drop.Producer, count));
    }

    [Fact]
    public void An_outage_passes_for_less_than_a_minute_from_its_first_failure()
    {
        _state.OnFailed(new IOException("down"), retried: 1);
        _time.Advance(TimeSpan.FromSeconds(30));
        _state.OnFailed(new IOException("still down"), retried: 1);
        _time.Advance(TimeSpan.FromSeconds(30) - TimeSpan.FromTicks(1));

        var health = Health();
        Assert.True(health is { IsHealthy: true, IsDegraded: true });
        Assert.Equal("2026-03-01T12:00:00.0000000+00:00", health.Diagnostics["failing_since"]);
        Assert.Equal("still down", health.Diagnostics["last_error"]);

        _time.Advance(TimeSpan.FromTicks(1));
        Assert.False(Health().IsHealthy);
        Assert.Contains("has been failing since 2026-03-01T12:00:00.0000000+00:00", Health().Description, StringComparison.Ordinal);

        _state.OnSucceeded(rejection: null);
        Assert.True(Health() is { IsHealthy: true, IsDegraded: false });
        Assert.DoesNotContain("failing_since", Health().Diagnostics.Keys);
    }

    [Fact]
    public void A_rejection_is_the_last_error_and_no_outage()
    {
        _state.OnFailed(new IOException("down"), retried: 1);
        _state.OnSucceeded(new EventRejectedException("too large"));

        Assert.False(_state.IsFailing);
        Assert.Equal("too large", Health().Diagnostics["last_error"]);
        Assert.Contains(_logger.Collector.GetSnapshot(), record => record.Message.Contains("rejects events", StringComparison.Ordinal));
    }

    [Fact]
    public void A_failure_without_an_exception_says_how_many_events_were_not_taken()
    {
        _state.OnFailed(exception: null, retried: 3);

        Assert.Contains("did not accept 3 events and gave no reason", (string)Health().Diagnostics["last_error"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3, 5, false)]
    [InlineData(4, 5, true)]
    [InlineData(79, 100, false)]
    [InlineData(80, 100, true)]
    [InlineData(1, 1, false)]
    public void A_queue_that_is_four_fifths_full_is_degraded_unless_one_event_fills_it(int queued, int capacity, bool isDegraded) =>
        Assert.Equal(isDegraded, Health(queued, capacity).IsDegraded);

    [Fact]
    public void The_age_of_the_oldest_event_is_never_negative()
    {
        Assert.Equal(0.0, Health(oldest: Start + TimeSpan.FromHours(1)).Diagnostics["oldest_age_seconds"]);
        Assert.Equal(60.0, Health(oldest: Start - TimeSpan.FromMinutes(1)).Diagnostics["oldest_age_seconds"]);
        Assert.DoesNotContain("oldest_age_seconds", Health().Diagnostics.Keys);
    }

    [Fact]
    public void Events_that_wait_in_the_outbox_degrade_and_none_does_not()
    {
        Assert.Equal("7 events for Kafka wait in the outbox.", Health(inOutbox: 7).Description);
        Assert.Equal(0L, Health(inOutbox: 0).Diagnostics["in_outbox"]);
        Assert.False(Health(inOutbox: 0).IsDegraded);
        Assert.DoesNotContain("in_outbox", Health().Diagnostics.Keys);
    }

    [Fact]
    public void An_event_that_is_delivered_ends_the_trouble_of_a_flush()
    {
        _state.OnFlushFailed(new IOException("disk full"));
        Assert.Contains("could not flush", Health().Description, StringComparison.Ordinal);

        Assert.True(Health().IsDegraded);
        _state.CountDelivered(SampleEvents.Exposure);
        Assert.False(Health().IsDegraded);

        _state.OnFlushFailed(new IOException("disk full"));
        _state.OnFlushed();
        Assert.False(Health().IsDegraded);
    }

    [Fact]
    public void The_end_logs_what_it_lost_and_nothing_that_was_lost_before()
    {
        var envelope = SampleEvents.Envelope(SampleEvents.Exposure);
        _state.Drop(envelope, DropReasons.QueueFull);
        _state.LogLostAtEnd();
        Assert.Equal(0, _logger.Collector.Count);

        _state.Drop(envelope, DropReasons.Shutdown);
        _state.Drop(envelope, DropReasons.Shutdown);
        _state.LogLostAtEnd();
        _state.LogLostAtEnd();

        Assert.Contains("was abandoned. Undelivered events, which were counted as dropped: 2.", Assert.Single(_logger.Collector.GetSnapshot()).Message, StringComparison.Ordinal);
        Assert.Equal(3, _state.Dropped);
        Assert.Equal(3, _drops.Lost);
    }

    [Fact]
    public void Of_several_events_those_behind_the_first_ones_are_dropped()
    {
        List<QueuedEnvelope> events = [.. Enumerable.Range(0, 5).Select(i => new QueuedEnvelope(SampleEvents.Envelope(SampleEvents.Exposure), i))];

        _state.Drop(events, 2, DropReasons.OutboxFull);

        Assert.Equal(3, _state.Dropped);
    }

    [Theory]
    [InlineData(false, "counted as dropped")]
    [InlineData(true, "kept in the outbox")]
    public void The_log_says_what_becomes_of_events_while_a_destination_fails(bool hasOutbox, string fate)
    {
        var state = StateOf(hasOutbox);
        state.OnFailed(new IOException("down"), retried: 1);
        state.OnFailed(new IOException("down"), retried: 1);

        Assert.Contains(fate, Assert.Single(_logger.Collector.GetSnapshot()).Message, StringComparison.Ordinal);
    }

    private DestinationStatus StateOf(bool hasOutbox) => new("Kafka", _drops, new DeliveryMetrics(_drops), _time, _logger, hasOutbox);

    private BackplaneHealth Health(int queued = 0, int capacity = 100, DateTimeOffset? oldest = null, long? inOutbox = null) =>
        _state.GetHealth(BackplaneHealth.Healthy(), new DestinationQueueState(queued, capacity, oldest, inOutbox));
}
