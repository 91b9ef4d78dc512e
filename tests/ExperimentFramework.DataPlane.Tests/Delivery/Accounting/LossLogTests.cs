using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Tests.Delivery;

/// <summary>One log line when a loss begins and one when it ends, on a clock that nobody sets.</summary>
public sealed class LossLogTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly FakeLogger _logger = new();
    private readonly List<ErrorEvent> _events = [];

    private readonly DropLedger _drops = new();

    [Fact]
    public void A_loss_is_one_line_when_it_begins_and_one_when_it_ends()
    {
        var losses = Watch(_time);
        losses.TryPublishTransition(Take);
        Assert.Empty(Lines);
        for (var i = 0; i < 4_901; i++)
        {
            Lose(losses, DropReasons.QueueFull);
            losses.TryPublishTransition(Take);
        }

        Assert.Equal(["Events for Kafka are being lost and counted as dropped: queue_full."], Lines);
        Assert.Equal(LogLevel.Warning, _logger.LatestRecord.Level);
        _time.Advance(TimeSpan.FromSeconds(9.9));
        losses.TryPublishTransition(Take);
        Assert.Single(Lines);

        _time.Advance(TimeSpan.FromSeconds(0.1));
        losses.TryPublishTransition(Take);
        losses.TryPublishTransition(Take);
        Assert.Equal("Events for Kafka are no longer being lost. Lost: 4901 queue_full.", Assert.Single(Lines.Skip(1)));
    }

    [Fact]
    public void The_events_about_a_loss_have_its_counts_as_data_and_the_next_loss_starts_anew()
    {
        var losses = Watch(_time);
        LoseMany("control", DropReasons.QueueFull, 2);
        losses.TryPublishTransition(Take);
        LoseMany("b", DropReasons.Timeout, 3);
        _time.Advance(TimeSpan.FromSeconds(10));
        losses.TryPublishTransition(Take);
        LoseMany("control", DropReasons.QueueFull, 1);
        losses.TryPublishTransition(Take);

        Assert.Equal(
            ["checkout/control/Exposure/queue_full 2", "checkout/b/Exposure/timeout 3; checkout/control/Exposure/queue_full 2", "checkout/control/Exposure/queue_full 1"],
            _events.Select(Rows));

        void LoseMany(string variant, string reason, int count)
        {
            for (var i = 0; i < count; i++)
            {
                Lose(losses, reason, variant);
            }
        }

        static string Rows(ErrorEvent error) => string.Join("; ", ((long[])error.Data!["count"]!).Select((count, i) =>
            string.Join('/', new[] { "experiment", "variant", "eventType", "reason" }.Select(name => ((string[])error.Data[name]!)[i])) + FormattableString.Invariant($" {count}")));
    }

    [Fact]
    public void What_was_never_published_is_not_in_the_data_of_a_loss()
    {
        var losses = Watch(_time);
        foreach (var reason in (string[])[DropReasons.SampledOut, DropReasons.NoSubject, DropReasons.UnknownVariant, DropReasons.QueueFull])
        {
            _drops.CounterFor(new("checkout", "control", DataPlaneEventType.Exposure), reason, "Kafka").Increment();
        }

        Lose(losses, DropReasons.QueueFull);
        losses.TryPublishTransition(Take);

        Assert.Equal(["queue_full"], (string[])Assert.Single(_events).Data!["reason"]!);
    }

    [Fact]
    public void Events_that_are_lost_while_the_end_of_a_loss_is_published_are_the_next_loss()
    {
        var losses = Watch(_time);
        Lose(losses, DropReasons.QueueFull);
        losses.TryPublishTransition(Take);
        _time.Advance(TimeSpan.FromSeconds(10));
        losses.TryPublishTransition(error =>
        {
            Lose(losses, DropReasons.QueueFull);
            Lose(losses, DropReasons.QueueFull);
            return Take(error);
        });
        losses.TryPublishTransition(Take);
        Assert.True(losses.HasRecentLoss);
        _time.Advance(TimeSpan.FromSeconds(10));
        losses.TryPublishTransition(Take);

        Assert.Equal([1L, 1L, 2L, 2L], _events.Select(error => Assert.Single((long[])error.Data!["count"]!)));
        Assert.EndsWith(": 2 queue_full.", _events[^1].Message, StringComparison.Ordinal);
        Assert.Equal("Events for Kafka are no longer being lost. Lost: 2 queue_full.", Lines[^1]);
        Assert.Equal(4, Lines.Count);
    }

    [Fact]
    public void Lines_do_not_wait_for_the_events_about_the_loss_to_be_taken()
    {
        var losses = Watch(_time);
        Lose(losses, DropReasons.QueueFull);
        losses.TryPublishTransition(_ => false);
        losses.TryPublishTransition(Take);
        _time.Advance(TimeSpan.FromSeconds(10));
        losses.TryPublishTransition(_ => false);
        losses.TryPublishTransition(_ => false);
        Assert.Equal(2, Lines.Count);

        // It goes on before anybody has taken the word that it had ended.
        Lose(losses, DropReasons.Timeout);
        losses.TryPublishTransition(_ => false);
        Assert.Equal("Events for Kafka are being lost and counted as dropped: queue_full, timeout.", Lines[2]);
        _time.Advance(TimeSpan.FromSeconds(10));
        losses.TryPublishTransition(Take);
        Assert.Equal(4, Lines.Count);
    }

    [Fact(Timeout = 60_000)]
    public async Task Reasons_that_begin_while_others_are_reported_do_not_disturb_the_report()
    {
        var losses = Watch(_time);
        Lose(losses, "reason-0");
        var writing = Task.Run(() =>
        {
            for (var i = 1; i < 4_000; i++)
            {
                Lose(losses, FormattableString.Invariant($"reason-{i}"));
            }
        }, TestContext.Current.CancellationToken);

        while (!writing.IsCompleted)
        {
            losses.TryPublishTransition(_ => false);
        }

        await writing;
        losses.TryPublishTransition(Take);
        Assert.Equal(4_000, Assert.Single(_events).Message.Split(", ").Length);
    }

    [Fact]
    public void A_loss_begins_with_its_first_event_and_ends_with_its_last_whenever_it_is_published()
    {
        var losses = Watch(_time);
        Lose(losses, DropReasons.QueueFull);
        _time.Advance(TimeSpan.FromSeconds(3));
        Lose(losses, DropReasons.Timeout);
        losses.TryPublishTransition(Take);
        _time.Advance(TimeSpan.FromSeconds(4));
        Lose(losses, DropReasons.QueueFull);
        _time.Advance(TimeSpan.FromSeconds(20));
        losses.TryPublishTransition(Take);

        Assert.Equal(
            [
                "Events have been lost since 2026-03-01T12:00:00.0000000+00:00: queue_full, timeout.",
                "No event has been lost since 2026-03-01T12:00:07.0000000+00:00. Lost from 2026-03-01T12:00:00.0000000+00:00: 2 queue_full, 1 timeout.",
            ],
            _events.Select(error => error.Message));
        Assert.Equal(TimeSpan.FromSeconds(27), _events[1].Timestamp - _events[0].Timestamp);
    }

    [Fact]
    public void An_event_that_was_counted_before_the_end_of_a_loss_is_published_is_reported_once()
    {
        var clock = new SettableClock(_time);
        var losses = Watch(clock);
        Lose(losses, DropReasons.QueueFull);
        losses.TryPublishTransition(Take);
        _time.Advance(TimeSpan.FromSeconds(10));
        clock.Read = () => losses.TryPublishTransition(Take);

        Lose(losses, DropReasons.Timeout);

        losses.TryPublishTransition(Take);
        Assert.EndsWith("1 queue_full, 1 timeout.", _events[1].Message, StringComparison.Ordinal);
        Assert.Equal(2, _events.Count);
        Assert.False(losses.HasRecentLoss);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(-8)]
    public void A_clock_that_is_set_neither_ends_a_loss_nor_prolongs_it(int days)
    {
        var clock = new SettableClock(_time);
        var losses = Watch(clock);
        Lose(losses, DropReasons.QueueFull);
        losses.TryPublishTransition(Take);

        clock.Offset = TimeSpan.FromDays(days);
        losses.TryPublishTransition(Take);
        Assert.True(losses.HasRecentLoss);
        Assert.Single(_events);

        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.False(losses.HasRecentLoss);
        losses.TryPublishTransition(Take);
        Assert.StartsWith("No event has been lost since 2026-03-01T12:00:00.0000000+00:00.", _events[1].Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(-8)]
    public void A_clock_that_is_set_does_not_make_an_outage_longer_or_shorter(int days)
    {
        var clock = new SettableClock(_time);
        var drops = new DropLedger();
        using var metrics = new DeliveryMetrics(drops);
        var state = new DestinationStatus("Kafka", drops, metrics, clock, _logger);
        state.OnFailed(new IOException("down"), retried: 1);

        clock.Offset = TimeSpan.FromDays(days);
        Assert.True(Judge().IsDegraded);
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.True(Judge().IsDegraded);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(Judge().IsHealthy);

        BackplaneHealth Judge() => state.GetHealth(BackplaneHealth.Healthy(), new DestinationQueueState(0, 10, null, null));
    }

    [Theory]
    [InlineData(false, "counted as dropped")]
    [InlineData(true, "kept in the outbox")]
    public void The_line_about_an_outage_says_what_becomes_of_the_events(bool hasOutbox, string fate)
    {
        var drops = new DropLedger();
        using var metrics = new DeliveryMetrics(drops);

        new DestinationStatus("Kafka", drops, metrics, _time, _logger, hasOutbox).OnFailed(new IOException("down"), retried: 1);

        Assert.Equal($"Destination Kafka is failing and is being retried; what it cannot accept in time is {fate}.", Assert.Single(Lines));
    }

    private List<string> Lines => [.. _logger.Collector.GetSnapshot().Select(record => record.Message)];

    private bool Take(ErrorEvent error)
    {
        _events.Add(error);
        return true;
    }

    /// <summary>Loses an event as the pipeline does: it is counted first.</summary>
    private void Lose(LossDetector losses, string reason, string variant = "control")
    {
        _drops.CounterFor(new("checkout", variant, DataPlaneEventType.Exposure), reason, "Kafka").Increment();
        losses.Record(reason);
    }

    private LossDetector Watch(TimeProvider time) => new("Kafka", _drops, time, NonThrowingLogger.Of(_logger));

    /// <summary>A clock whose time is set, while its timestamps go on.</summary>
    private sealed class SettableClock(FakeTimeProvider inner) : TimeProvider
    {
        public TimeSpan Offset { get; set; }

        public override long TimestampFrequency => inner.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => inner.GetUtcNow() + Offset;

        /// <summary>What happens the next time that the clock is read.</summary>
        public Action? Read { get; set; }

        public override long GetTimestamp()
        {
            var read = Read;
            Read = null;
            read?.Invoke();
            return inner.GetTimestamp();
        }
    }
}
