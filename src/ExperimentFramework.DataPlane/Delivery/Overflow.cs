namespace ExperimentFramework.DataPlane;

/// <summary>
/// Moves what one destination cannot take into the outbox: everything that is queued while it fails, and while the queue is
/// half full. What stands in the outbox is older than what stands in the queue, so it is delivered first. What is on its way to a
/// destination that fails is older still: it comes into the outbox before anything else, while there is room.
/// </summary>
internal sealed class Overflow : IAsyncDisposable
{
    /// <summary>How long an outbox that cannot be read, or not be rid of what was delivered, is left alone.</summary>
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    private readonly IEventOutbox _outbox;
    private readonly string _key;
    private readonly DeliveryQueue _queue;
    private readonly DestinationState _state;
    private readonly int _batchSize;
    private readonly SemaphoreSlim _gate = new(1);
    private readonly WakeSignal _wake = new();
    private readonly ITimer _retry;

    /// <summary>What was delivered or given up and still stands in the outbox, because it could not be removed there.</summary>
    private readonly List<QueuedEnvelope> _done = [];

    private readonly Task _worker;
    private volatile bool _isEnding;

    public Overflow(IEventOutbox outbox, DeliveryQueue queue, DestinationState state, int batchSize, TimeProvider time, string? key = null)
    {
        _outbox = outbox;
        _key = key ?? state.Name;
        _queue = queue;
        _state = state;
        _batchSize = batchSize;
        _retry = time.CreateTimer(_ => queue.Wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _worker = Detached.Start(WorkAsync);
    }

    /// <summary>How many events wait in the outbox.</summary>
    public long Count => _outbox.Count(_key);

    private bool HasToMove => (_state.IsFailing && !_queue.HasTaken) || _queue.IsHalfFull;

    /// <summary>Wakes the worker where there is something to move.</summary>
    public void Consider()
    {
        if (HasToMove)
        {
            _wake.Set();
        }
    }

    /// <summary>Keeps events from moving until the answer is disposed.</summary>
    public async ValueTask<IDisposable> EnterAsync()
    {
        await _gate.WaitAsync().ConfigureAwait(false);
        return new Exit(_gate);
    }

    /// <summary>
    /// Reads the oldest events from the outbox; has to be entered. Nothing while it still has events that are done with, which
    /// would be delivered, or counted, over and over.
    /// </summary>
    public void Read(List<QueuedEnvelope> into)
    {
        try
        {
            if (_done.Count > 0)
            {
                _outbox.Remove(_key, _done);
                _done.Clear();
            }

            _outbox.Read(_key, into, _batchSize, _state.Drop);
        }
        catch (Exception exception)
        {
            _state.OutboxFailed(exception);
            _retry.Change(RetryInterval, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Writes events to the outbox; what it does not accept is counted as dropped.</summary>
    public void Write(IReadOnlyList<QueuedEnvelope> events)
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
            _state.OutboxFailed(exception);
        }

        for (var i = accepted; i < events.Count; i++)
        {
            _state.Drop(events[i].Envelope, reason);
        }
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
            _done.AddRange(events);
            _state.OutboxFailed(exception);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _isEnding = true;
        _wake.Set();
        await _worker.ConfigureAwait(false);
        await _retry.DisposeAsync().ConfigureAwait(false);
    }

    private async Task WorkAsync()
    {
        var events = new List<QueuedEnvelope>(_batchSize);
        while (!_isEnding)
        {
            await _wake.WaitAsync().ConfigureAwait(false);
            do
            {
                events.Clear();
                using (await EnterAsync().ConfigureAwait(false))
                {
                    if (HasToMove)
                    {
                        _queue.Take(events, _batchSize);
                    }

                    if (events.Count > 0)
                    {
                        Write(events);
                        _queue.Settle(events);
                    }
                }
            }
            while (events.Count > 0);
        }
    }

    private sealed class Exit(SemaphoreSlim gate) : IDisposable
    {
        public void Dispose() => gate.Release();
    }
}
