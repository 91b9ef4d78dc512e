using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Tests.Delivery;

/// <summary>What a destination reads from its outbox, removes there and writes to it, whatever the storage does.</summary>
public sealed class OutboxReadingTests : IDisposable
{
    private const int BatchSize = 2;

    private readonly FakeTimeProvider _time = new();
    private readonly Storage _storage = new();
    private readonly DeliveryQueue _queue = new(100);
    private readonly OutboxSpillover _overflow;

    public OutboxReadingTests()
    {
        var drops = new DropLedger();
        var state = new DestinationStatus("destination", drops, new DeliveryMetrics(drops), _time, NullLogger.Instance);
        _overflow = new OutboxSpillover(_storage, _queue, state, BatchSize, _time);
    }

    public void Dispose() => _overflow.Dispose();

    [Fact]
    public void Events_that_are_left_alone_are_read_past_and_do_not_make_a_batch_smaller()
    {
        _storage.Stored.AddRange(Events(5));
        _overflow.Postpone(Events(2));

        Assert.Equal([2L, 3L], Read());
        Assert.Equal(BatchSize + 2, _storage.LastMax);

        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal([0L, 1L], Read());
    }

    [Fact]
    public void A_reading_that_throws_half_way_gives_nothing()
    {
        _storage.Stored.AddRange(Events(5));
        _storage.ThrowsAfterReading = true;
        Assert.Empty(Read());

        _storage.ThrowsAfterReading = false;
        Assert.Equal([0L, 1L], Read());
    }

    [Fact]
    public void What_could_not_be_removed_is_removed_before_anything_is_read_and_only_once()
    {
        _storage.Stored.AddRange(Events(5));
        _storage.RemoveThrows = true;
        _overflow.Remove(Events(2));
        Assert.Empty(Read());

        _storage.RemoveThrows = false;
        Assert.Equal([2L, 3L], Read());
        var removals = _storage.Removals;
        Assert.Equal([2L, 3L], Read());
        Assert.Equal(removals, _storage.Removals);
    }

    [Fact]
    public void An_outbox_that_refuses_is_left_alone_for_exactly_a_second()
    {
        _storage.Room = 1;
        Assert.Equal((1, DropReasons.OutboxFull), _overflow.Write(Events(2)));
        Assert.True(_overflow.HasRefused);
        Assert.Equal(DropReasons.OutboxFull, _overflow.RefusalReason);

        _time.Advance(TimeSpan.FromSeconds(1) - TimeSpan.FromTicks(1));
        Assert.Equal(DropReasons.OutboxFull, _overflow.RefusalReason);
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.Null(_overflow.RefusalReason);
        Assert.True(_overflow.HasRefused);

        _storage.Room = 10;
        Assert.Equal(2, _overflow.Write(Events(2)).Accepted);
        Assert.False(_overflow.HasRefused);

        _storage.AppendThrows = true;
        Assert.Equal((0, DropReasons.OutboxFailed), _overflow.Write(Events(1)));
        Assert.Equal(DropReasons.OutboxFailed, _overflow.RefusalReason);
    }

    private List<long> Read()
    {
        List<QueuedEnvelope> read = [];
        using (_overflow.Enter())
        {
            _overflow.Read(read);
        }

        return [.. read.Select(queued => queued.Position)];
    }

    private static List<QueuedEnvelope> Events(int count) =>
        [.. Enumerable.Range(0, count).Select(position => new QueuedEnvelope(Envelope, position))];

    private static DataPlaneEnvelope Envelope { get; } = SampleEvents.Envelope(SampleEvents.Exposure);

    private sealed class Storage : IEventOutbox
    {
        public List<QueuedEnvelope> Stored { get; } = [];

        public int Room { get; set; } = int.MaxValue;

        public bool AppendThrows { get; set; }

        public bool RemoveThrows { get; set; }

        public bool ThrowsAfterReading { get; set; }

        public int LastMax { get; private set; }

        public int Removals { get; private set; }

        public long NextPosition(string destination) => 0;

        public long Count(string destination) => Stored.Count;

        public int Append(string destination, IReadOnlyList<QueuedEnvelope> events, OutboxDropHandler lost) =>
            AppendThrows ? throw new IOException("disk full") : Math.Min(Room, events.Count);

        public void Read(string destination, List<QueuedEnvelope> into, int max, OutboxDropHandler lost)
        {
            LastMax = max;
            into.AddRange(Stored.Take(max));
            if (ThrowsAfterReading)
            {
                throw new IOException("cannot be read");
            }
        }

        public void Remove(string destination, IReadOnlyList<QueuedEnvelope> events)
        {
            Removals++;
            if (RemoveThrows)
            {
                throw new IOException("cannot be written");
            }

            Stored.RemoveAll(events.Contains);
        }
    }
}
