using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Tests.Delivery;

/// <summary>What goes from the queue into the outbox, and when.</summary>
public sealed class OutboxSpilloverTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly DropLedger _drops = new();
    private readonly BrokenOutbox _outbox = new();

    [Fact]
    public async Task What_is_on_its_way_to_a_destination_that_fails_comes_into_the_outbox_before_what_is_younger()
    {
        var queue = new DeliveryQueue(100);
        var state = new DestinationStatus("destination", _drops, new DeliveryMetrics(_drops), _time, NullLogger.Instance);
        using var overflow = new OutboxSpillover(_outbox, queue, state, batchSize: 10, _time);
        var all = Enumerable.Range(0, 3).Select(_ => SampleEvents.Envelope(SampleEvents.Exposure)).ToList();
        all.ForEach(envelope => queue.TryAdd(envelope, envelope.Timestamp));
        List<QueuedEnvelope> onTheirWay = [];
        queue.Take(onTheirWay, 1);

        state.OnFailed(new IOException("down"), retried: 1);
        overflow.SignalIfNeeded();
        var steps = 0;
        await _time.AdvanceUntil(() => ++steps > 10);
        Assert.Equal(0, _outbox.Count("destination"));

        using (overflow.Enter())
        {
            overflow.Write(onTheirWay);
            queue.Settle(onTheirWay);
        }

        overflow.SignalIfNeeded();
        await _time.AdvanceUntil(() => _outbox.Count("destination") == 3);
        Assert.Equal(all, Stored().Select(queued => queued.Envelope));
    }

    [Fact]
    public async Task A_queue_that_is_half_full_is_not_held_up_by_what_is_on_its_way()
    {
        var queue = new DeliveryQueue(10);
        var state = new DestinationStatus("destination", _drops, new DeliveryMetrics(_drops), _time, NullLogger.Instance);
        using var overflow = new OutboxSpillover(_outbox, queue, state, batchSize: 2, _time);
        for (var i = 0; i < 6; i++)
        {
            queue.TryAdd(SampleEvents.Envelope(SampleEvents.Exposure), default);
        }

        queue.Take([], 1);
        overflow.SignalIfNeeded();

        // Until less than half of the places is taken, that of the one on its way among them.
        await _time.AdvanceUntil(() => _outbox.Count("destination") == 2 && queue.Count == 4);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(2, 3)]
    [InlineData(-1, 5)]
    [InlineData(50, 0)]
    public async Task What_the_outbox_refuses_in_the_moment_of_the_end_is_counted_as_dropped_whatever_number_it_says(int accepts, long dropped)
    {
        var queue = new DeliveryQueue(10);
        var state = new DestinationStatus("destination", _drops, new DeliveryMetrics(_drops), _time, NullLogger.Instance);
        using var overflow = new OutboxSpillover(new Closing(queue, accepts), queue, state, batchSize: 10, _time);
        for (var i = 0; i < 5; i++)
        {
            queue.TryAdd(SampleEvents.Envelope(SampleEvents.Exposure), default);
        }

        var settled = queue.SettledAsync();
        overflow.SignalIfNeeded();
        await settled.WaitAsync(TestContext.Current.CancellationToken);

        var rows = new Dictionary<string, object>();
        _drops.Describe(rows);
        Assert.Equal(dropped, rows.GetValueOrDefault("dropped:exp/b/Exposure/outbox_full", 0L));
        Assert.Equal(0, queue.Count);
    }

    [Fact(Timeout = 30_000)]
    public async Task The_worker_ends_when_the_spillover_is_disposed()
    {
        var state = new DestinationStatus("destination", _drops, new DeliveryMetrics(_drops), _time, NullLogger.Instance);
        var overflow = new OutboxSpillover(_outbox, new DeliveryQueue(10), state, batchSize: 10, _time);
        await Eventually.Holds(() => overflow.IsResting);
        Assert.False(overflow.Ended.IsCompleted);

        overflow.Dispose();

        await overflow.Ended.WaitAsync(TestContext.Current.CancellationToken);
    }

    private List<QueuedEnvelope> Stored()
    {
        List<QueuedEnvelope> stored = [];
        _outbox.Read("destination", stored, int.MaxValue, _ => { });
        return stored;
    }

    /// <summary>An outbox whose queue is closed while it writes.</summary>
    private sealed class Closing(DeliveryQueue queue, int accepts) : IEventOutbox
    {
        public long NextPosition(string destination) => 0;

        public long Count(string destination) => 0;

        public int Append(string destination, IReadOnlyList<QueuedEnvelope> events, OutboxDropHandler lost)
        {
            queue.Close();
            return accepts;
        }

        public void Read(string destination, List<QueuedEnvelope> into, int max, OutboxDropHandler lost)
        {
        }

        public void Remove(string destination, IReadOnlyList<QueuedEnvelope> events)
        {
        }
    }
}
