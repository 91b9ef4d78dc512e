using System.Diagnostics.CodeAnalysis;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Moves events of one destination to the outbox: all events that are queued while it fails, and while the queue is
/// half full. Events in the outbox are older than those in the queue, so they are delivered first. Events in flight to a
/// failing destination are older still: they are moved first, while there is capacity. Events that the outbox refuses stay in the queue.
/// </summary>
internal sealed class OutboxSpillover : IDisposable
{
    /// <summary>The delay before an outbox that failed or was full is used again.</summary>
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    private readonly IEventOutbox _outbox;
    private readonly string _key;
    private readonly DeliveryQueue _queue;
    private readonly DestinationStatus _state;
    private readonly TimeProvider _time;
    private readonly int _batchSize;
    [SuppressMessage("Usage", "CA2213", Justification = "A worker may still hold it at the end, and it holds no handle.")]
    private readonly SemaphoreSlim _gate = new(1);
    private readonly AsyncAutoResetEvent _wake = new();
    private readonly ITimer _retry;

    /// <summary>Events that were delivered or dropped but could not be removed from the outbox yet.</summary>
    private readonly List<QueuedEnvelope> _pendingRemovals = [];

    private readonly PostponedEvents _postponed;
    private readonly WorkerThread _worker;
    private Refusal? _refusal;
    private volatile bool _isEnding;

    public OutboxSpillover(IEventOutbox outbox, DeliveryQueue queue, DestinationStatus state, int batchSize, TimeProvider time, string? key = null)
    {
        _outbox = outbox;
        _key = key ?? state.Name;
        _queue = queue;
        _state = state;
        _batchSize = batchSize;
        _time = time;
        _postponed = new PostponedEvents(time);
        _retry = time.CreateTimer(_ => Retry(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _worker = WorkerThread.Start($"{state.Name} outbox", Work);
    }

    /// <summary>A task that completes when the worker has ended.</summary>
    public Task Ended => _worker.Ended;

    /// <summary>Whether the worker is idle.</summary>
    public bool IsResting => _worker.IsResting;

    /// <summary>The number of events in the outbox.</summary>
    public long Count => _outbox.Count(_key);

    /// <summary>The drop reason while the outbox does not accept events; null if it does.</summary>
    public string? RefusalReason => Volatile.Read(ref _refusal) is { } refusal && _time.GetElapsedTime(refusal.At) < RetryInterval ? refusal.Reason : null;

    /// <summary>Whether the outbox did not accept all events of the last write.</summary>
    public bool HasRefused => Volatile.Read(ref _refusal) is not null;

    private bool HasToMove => ((_state.IsFailing && !_queue.HasTaken) || _queue.IsHalfFull) && !_queue.IsClosed && RefusalReason is null;

    /// <summary>Wakes the worker if there are events to move.</summary>
    public void SignalIfNeeded()
    {
        if (HasToMove)
        {
            _wake.Set();
        }
    }

    /// <summary>For the workers: keeps events from being moved until the result is disposed.</summary>
    public IDisposable Enter()
    {
        _gate.Wait();
        return new Exit(_gate);
    }

    /// <summary>
    /// Reads the oldest events from the outbox, except the postponed ones. Call <see cref="Enter"/> first. Reads nothing while the outbox still contains
    /// events that are settled, which would be delivered or counted again and again.
    /// </summary>
    public void Read(List<QueuedEnvelope> into)
    {
        try
        {
            if (_pendingRemovals.Count > 0)
            {
                _outbox.Remove(_key, _pendingRemovals);
                _pendingRemovals.Clear();
            }

            List<QueuedEnvelope> oldest = [];
            _outbox.Read(_key, oldest, _batchSize + _postponed.Count, _state.Drop);
            into.AddRange(oldest.Where(queued => !_postponed.Contains(queued)).Take(_batchSize));
            if (into.Count == 0 && oldest.Count > 0)
            {
                _retry.Change(PostponedEvents.Interval, Timeout.InfiniteTimeSpan);
            }
        }
        catch (Exception exception)
        {
            into.Clear();
            _state.OnOutboxFailed(exception);
            _retry.Change(RetryInterval, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Writes events to the outbox.</summary>
    /// <returns>The number of events accepted, from the front, and the reason for refusing the rest.</returns>
    public (int Accepted, string Reason) Write(IReadOnlyList<QueuedEnvelope> events)
    {
        var accepted = 0;
        var reason = DropReasons.OutboxFull;
        try
        {
            accepted = Math.Clamp(_outbox.Append(_key, events, _state.Drop), 0, events.Count);
        }
        catch (Exception exception)
        {
            reason = DropReasons.OutboxFailed;
            _state.OnOutboxFailed(exception);
        }

        Volatile.Write(ref _refusal, accepted < events.Count ? new Refusal(reason, _time.GetTimestamp()) : null);
        return (accepted, reason);
    }

    /// <summary>Writes events to the outbox at the end, which must not hang.</summary>
    /// <param name="events">The events.</param>
    /// <param name="patience">How long to wait for the outbox to return from the call that it is in, if any.</param>
    /// <returns>The number of events accepted, from the front, and the reason for refusing the rest.</returns>
    public (int Accepted, string Reason) WriteAtEnd(IReadOnlyList<QueuedEnvelope> events, TimeSpan patience)
    {
        if (_gate.Wait(patience))
        {
            using (new Exit(_gate))
            {
                return Write(events);
            }
        }

        _state.OnOutboxFailed(new TimeoutException("The outbox did not return from a call."));
        return (0, DropReasons.OutboxFailed);
    }

    /// <summary>Removes events from the outbox that were delivered or dropped. Waits for a call of the outbox that is being made: they come one at a time.</summary>
    public void Remove(IReadOnlyList<QueuedEnvelope> events)
    {
        using (Enter())
        {
            try
            {
                _outbox.Remove(_key, events);
            }
            catch (Exception exception)
            {
                // If the process ends before they are removed, they are delivered once more, with the same event ids.
                _pendingRemovals.AddRange(events);
                _state.OnOutboxFailed(exception);
            }
        }
    }

    /// <summary>Leaves events in the outbox for a while, so that later ones are delivered first. Call <see cref="Enter"/> first.</summary>
    public void Postpone(IEnumerable<QueuedEnvelope> events) => _postponed.Add(events);

    /// <summary>Stops the worker without waiting for it.</summary>
    public void Dispose()
    {
        _isEnding = true;
        _wake.Set();
        _retry.Dispose();
    }

    private void Retry()
    {
        _queue.Wake();
        SignalIfNeeded();
    }

    private void Work(WorkerThread worker)
    {
        while (!_isEnding)
        {
            _wake.Wait(worker);
            _state.Faults.Guard(() =>
            {
                while (TryMove())
                {
                }
            });
        }
    }

    /// <summary>Moves a batch.</summary>
    /// <returns>False if there is nothing to move, or if the outbox does not accept all of it.</returns>
    private bool TryMove()
    {
        using (Enter())
        {
            var events = new List<QueuedEnvelope>();
            if (HasToMove)
            {
                _queue.Take(events, _batchSize);
            }

            if (events.Count == 0)
            {
                return false;
            }

            var (accepted, reason) = Write(events);
            var refused = events.GetRange(accepted, events.Count - accepted);
            if (refused.Count > 0)
            {
                _retry.Change(RetryInterval, Timeout.InfiniteTimeSpan);
                if (_queue.TryReturn(refused))
                {
                    events.RemoveRange(accepted, refused.Count);
                }
                else
                {
                    _state.Drop(refused, 0, reason);
                }
            }

            _queue.Settle(events);
            return refused.Count == 0;
        }
    }

    private sealed record Refusal(string Reason, long At);

    private sealed class Exit(SemaphoreSlim gate) : IDisposable
    {
        public void Dispose() => gate.Release();
    }
}
