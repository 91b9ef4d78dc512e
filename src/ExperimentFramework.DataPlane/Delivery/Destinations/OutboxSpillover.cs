using System.Diagnostics.CodeAnalysis;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Moves what one destination cannot take into the outbox: everything that is queued while it fails, and while the queue is
/// half full. What is in the outbox is older than what is in the queue, so it is delivered first. What is on its way to a
/// destination that fails is older still: it goes into the outbox before anything else, while there is room. What the outbox refuses stays in the queue.
/// </summary>
internal sealed class OutboxSpillover : IDisposable
{
    /// <summary>Delay before an outbox that failed, or had no room, is used again.</summary>
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

    /// <summary>What was delivered or given up and is still in the outbox, because it could not be removed there.</summary>
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

    /// <summary>Ends when the worker has ended.</summary>
    public Task Ended => _worker.Ended;

    /// <summary>Whether the worker waits.</summary>
    public bool IsResting => _worker.IsResting;

    /// <summary>How many events wait in the outbox.</summary>
    public long Count => _outbox.Count(_key);

    /// <summary>Why the outbox does not accept events now, as a reason to drop one; null where it does.</summary>
    public string? RefusalReason => Volatile.Read(ref _refusal) is { } refusal && _time.GetElapsedTime(refusal.At) < RetryInterval ? refusal.Reason : null;

    /// <summary>Whether the outbox did not accept all of what it was given last.</summary>
    public bool HasRefused => Volatile.Read(ref _refusal) is not null;

    private bool HasToMove => ((_state.IsFailing && !_queue.HasTaken) || _queue.IsHalfFull) && !_queue.IsClosed && RefusalReason is null;

    /// <summary>Wakes the worker where there is something to move.</summary>
    public void SignalIfNeeded()
    {
        if (HasToMove)
        {
            _wake.Set();
        }
    }

    /// <summary>For the workers: keeps events from moving until the answer is disposed.</summary>
    public IDisposable Enter()
    {
        _gate.Wait();
        return new Exit(_gate);
    }

    /// <summary>
    /// Reads the oldest events from the outbox, but for the postponed ones; must be entered. Nothing while it still has events that are done with, which
    /// would be delivered, or counted, over and over.
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
    /// <returns>How many it accepted, from the front, and why it did not accept the others.</returns>
    public (int Accepted, string Reason) Write(IReadOnlyList<QueuedEnvelope> events)
    {
        var accepted = 0;
        var reason = DropReasons.OutboxFull;
        try
        {
            accepted = _outbox.Append(_key, events, _state.Drop);
        }
        catch (Exception exception)
        {
            reason = DropReasons.OutboxFailed;
            _state.OnOutboxFailed(exception);
        }

        Volatile.Write(ref _refusal, accepted < events.Count ? new Refusal(reason, _time.GetTimestamp()) : null);
        return (accepted, reason);
    }

    /// <summary>Takes events out of the outbox that were delivered or given up.</summary>
    public void Remove(IReadOnlyList<QueuedEnvelope> events)
    {
        try
        {
            _outbox.Remove(_key, events);
        }
        catch (Exception exception)
        {
            // Where the process ends before they are removed, they are delivered once more, under the same event ids.
            _pendingRemovals.AddRange(events);
            _state.OnOutboxFailed(exception);
        }
    }

    /// <summary>Leaves events in the outbox for a while, and delivers what is behind them; must be entered.</summary>
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
    /// <returns>False where there is nothing to move, or the outbox does not accept all of it.</returns>
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
