namespace ExperimentFramework.DataPlane;

/// <summary>
/// The bounded queue of one destination. An event occupies its slot until it is settled: delivered, counted as dropped
/// or written to the outbox.
/// </summary>
internal sealed class DeliveryQueue
{
    private const int FirstSize = 16;

    /// <summary>Slots reserved for events about losses and accounts, so that a full queue can still report that it is full.</summary>
    private const int Reserved = 2;

    /// <summary>The slot of the destination's last event.</summary>
    private const int Last = 1;

    private readonly Lock _lock = new();
    private readonly int _capacity;
    private readonly StreamAccount? _account;
    private readonly AsyncAutoResetEvent _added = new();
    private readonly AsyncAutoResetEvent _freed = new();
    private readonly List<Flush> _flushes = [];
    private Slot[] _ring = new Slot[FirstSize];
    private int _first;
    private int _count;
    private int _taken;
    private long _oldestTakenAt;
    private long _nextPosition;
    private bool _isClosed;

    public DeliveryQueue(int capacity, long firstPosition = 0, StreamAccount? account = null)
    {
        _capacity = capacity;
        _nextPosition = firstPosition;
        _account = account;
    }

    /// <summary>The number of occupied slots, including those of events that are being delivered.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _count + _taken;
            }
        }
    }

    /// <summary>When the oldest event that is waiting or being delivered was added, whenever it happened; null if there is none.</summary>
    public DateTimeOffset? Oldest
    {
        get
        {
            lock (_lock)
            {
                return _taken + _count == 0 ? null : new DateTimeOffset(_taken > 0 ? _oldestTakenAt : _ring[_first].AddedAt, TimeSpan.Zero);
            }
        }
    }

    /// <summary>Whether events were taken from the queue and are not settled yet.</summary>
    public bool HasTaken
    {
        get
        {
            lock (_lock)
            {
                return _taken > 0;
            }
        }
    }

    public bool IsHalfFull => Count * 2L >= _capacity;

    public bool IsClosed
    {
        get
        {
            lock (_lock)
            {
                return _isClosed;
            }
        }
    }

    /// <summary>Adds an event.</summary>
    /// <param name="envelope">The event.</param>
    /// <param name="now">The time.</param>
    /// <param name="usesReserve">Whether it may use one of the slots reserved for events about losses and accounts.</param>
    /// <returns>False if the queue is full or closed.</returns>
    public bool TryAdd(DataPlaneEnvelope envelope, DateTimeOffset now, bool usesReserve = false)
    {
        lock (_lock)
        {
            if (_isClosed || _count + _taken >= _capacity + (usesReserve ? Reserved : 0))
            {
                return false;
            }

            Add(envelope, now);
        }

        _added.Set();
        return true;
    }

    /// <summary>Adds the parts of an account: all of them if one of the reserved slots is free, or none. They may exceed the capacity, because an incomplete account is useless.</summary>
    /// <returns>False if the queue is full or closed.</returns>
    public bool TryAddWhole(IReadOnlyList<DataPlaneEnvelope> parts)
    {
        lock (_lock)
        {
            if (_isClosed || _count + _taken >= _capacity + Reserved)
            {
                return false;
            }

            AddAll(parts);
        }

        _added.Set();
        return true;
    }

    /// <summary>For the worker: adds the destination's last events to the closed queue.</summary>
    public void AddLast(IReadOnlyList<DataPlaneEnvelope> envelopes)
    {
        lock (_lock)
        {
            AddAll(envelopes);
        }
    }

    /// <summary>Takes events from the queue, oldest first. They occupy their slots until <see cref="Settle"/>.</summary>
    public void Take(List<QueuedEnvelope> into, int max)
    {
        lock (_lock)
        {
            var taken = Math.Min(max, _count);
            if (_taken == 0 && taken > 0)
            {
                _oldestTakenAt = _ring[_first].AddedAt;
            }

            for (var i = 0; i < taken; i++)
            {
                into.Add(_ring[_first].Queued);
                _ring[_first] = default;
                _first = (_first + 1) % _ring.Length;
            }

            _count -= taken;
            _taken += taken;
        }
    }

    /// <summary>Returns the events that were taken last to the front of the queue.</summary>
    /// <returns>False if the queue is closed, because no one may take them any more.</returns>
    public bool TryReturn(IReadOnlyList<QueuedEnvelope> events)
    {
        lock (_lock)
        {
            if (_isClosed)
            {
                return false;
            }

            while (_count + events.Count > _ring.Length)
            {
                Grow();
            }

            for (var i = events.Count - 1; i >= 0; i--)
            {
                _first = (_first + _ring.Length - 1) % _ring.Length;
                _ring[_first] = new Slot(events[i], _oldestTakenAt);
            }

            _count += events.Count;
            _taken -= events.Count;
        }

        _added.Set();
        return true;
    }

    /// <summary>Frees the slots of events that were taken, and counts the events. Those that were dropped have been counted as such before.</summary>
    public void Settle(IReadOnlyList<QueuedEnvelope> settled)
    {
        _account?.CountPublished(settled);
        List<TaskCompletionSource>? reached = null;
        lock (_lock)
        {
            _taken -= settled.Count;
            for (var i = _flushes.Count - 1; i >= 0; i--)
            {
                var flush = _flushes[i];
                flush.Left -= settled.Count(queued => queued.Position < flush.Position);
                if (flush.Left == 0)
                {
                    (reached ??= []).Add(flush.Reached);
                    _flushes.RemoveAt(i);
                }
            }
        }

        _freed.Set();
        reached?.ForEach(flush => flush.TrySetResult());
    }

    /// <summary>Returns a task that completes when every event that was added before the call is settled.</summary>
    public Task SettledAsync()
    {
        lock (_lock)
        {
            if (_count + _taken == 0)
            {
                return Task.CompletedTask;
            }

            var flush = new Flush { Position = _nextPosition, Left = _count + _taken };
            _flushes.Add(flush);
            return flush.Reached.Task;
        }
    }

    /// <summary>For the only worker: waits until there may be events to take or the queue is closed.</summary>
    public void WaitForEvents(WorkerThread worker) => _added.Wait(worker);

    /// <summary>Wakes the worker: there may be events to take elsewhere.</summary>
    public void Wake() => _added.Set();

    /// <summary>For the only publisher: waits until there may be capacity or the queue is closed.</summary>
    public void WaitForCapacity(WorkerThread worker) => _freed.Wait(worker);

    /// <summary>Refuses all further events. Events in the queue can still be taken.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _isClosed = true;
        }

        _added.Set();
        _freed.Set();
    }

    private void AddAll(IReadOnlyList<DataPlaneEnvelope> envelopes)
    {
        foreach (var envelope in envelopes)
        {
            Add(envelope, envelope.Timestamp);
        }
    }

    private void Add(DataPlaneEnvelope envelope, DateTimeOffset now)
    {
        if (_count == _ring.Length)
        {
            Grow();
        }

        _ring[(_first + _count) % _ring.Length] = new Slot(new QueuedEnvelope(envelope, _nextPosition++), now.UtcTicks);
        _count++;
    }

    private void Grow()
    {
        var expected = (long)_capacity + Reserved + Last;
        var ring = new Slot[_ring.Length < expected ? Math.Min(_ring.Length * 2L, expected) : _ring.Length * 2L];
        for (var i = 0; i < _count; i++)
        {
            ring[i] = _ring[(_first + i) % _ring.Length];
        }

        _ring = ring;
        _first = 0;
    }

    /// <param name="Queued">The event.</param>
    /// <param name="AddedAt">When it was added, in ticks of UTC. For events that were returned, when the first of the events that were taken together was added.</param>
    private readonly record struct Slot(QueuedEnvelope Queued, long AddedAt);

    /// <summary>A caller that waits for the events before a position to be settled.</summary>
    private sealed class Flush
    {
        public required long Position { get; init; }

        public required int Left { get; set; }

        public TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
