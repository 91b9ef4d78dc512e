using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Queues the assignments that were served while a store was unavailable, in order, and writes them as soon as it is available again, including
/// those of subjects that never return. Bounded: an assignment that does not fit is counted, and offered again when its subject returns.
/// </summary>
/// <param name="store">The name of the store.</param>
/// <param name="write">Writes an assignment, unless the store already has one. The last try, which is passed true, also queries a store whose circuit is open.</param>
/// <param name="forget">Deletes the subject of a key in every experiment.</param>
/// <param name="capacity">The maximum number of pending assignments.</param>
/// <param name="time">The clock of the retries.</param>
/// <param name="logger">The logger for losses.</param>
internal sealed partial class WriteBehindQueue(
    string store,
    Func<AssignmentKey, StoredAssignment, bool, ValueTask<StoreResult>> write,
    Func<AssignmentKey, ValueTask> forget,
    int capacity,
    TimeProvider time,
    NonThrowingLogger logger)
    : IAsyncDisposable, IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<AssignmentKey, StoredAssignment> _pending = [];
    private readonly Queue<AssignmentKey> _order = new();
    private readonly CancellationTokenSource _shutdown = new();
    private readonly FaultLatch _full = new(time);
    private readonly ILogger _logger = logger;
    private Task _worker = Task.CompletedTask;
    private int _isClosed;
    private bool _isWorking;
    private long _written;
    private long _superseded;
    private long _refused;
    private long _dropped;

    /// <summary>The number of pending assignments.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _pending.Count;
            }
        }
    }

    /// <summary>The number of assignments that have left the queue, by result as reported in metrics.</summary>
    public IEnumerable<(string Result, long Count)> Rows =>
    [
        ("written", Volatile.Read(ref _written)),
        ("superseded", Volatile.Read(ref _superseded)),
        ("fault", Volatile.Read(ref _refused)),
        ("dropped", Volatile.Read(ref _dropped)),
    ];

    /// <summary>The counts, by name.</summary>
    public IEnumerable<KeyValuePair<string, object>> Numbers =>
        [new("write_behind_pending", (long)Count), .. Rows.Select(row => KeyValuePair.Create($"write_behind_{row.Result}", (object)row.Count))];

    /// <summary>Queues an assignment that could not be written. If a subject has several, the first one is kept, because it was served first.</summary>
    public void Enqueue(in AssignmentKey key, StoredAssignment assignment)
    {
        bool isQueued;
        bool isShutDown;
        var isAdded = false;
        lock (_lock)
        {
            isShutDown = _shutdown.IsCancellationRequested;
            isQueued = _pending.ContainsKey(key) || (_pending.Count < capacity && !isShutDown);
            if (isQueued)
            {
                isAdded = _pending.TryAdd(key, assignment);
                if (isAdded)
                {
                    _order.Enqueue(key);
                }

                if (!_isWorking)
                {
                    _isWorking = true;
                    _worker = BackgroundWork.Run(WriteAsync);
                }
            }
        }

        if (isAdded)
        {
            _full.Reset();
        }
        else if (!isQueued)
        {
            Interlocked.Increment(ref _dropped);
            if (!isShutDown && _full.Trip())
            {
                LogFull(store, capacity);
            }
        }
    }

    /// <summary>Removes a subject's pending assignments in every experiment.</summary>
    public void Forget(string subjectId, string? subjectType, string? tenantId)
    {
        lock (_lock)
        {
            foreach (var key in _pending.Keys.Where(key => key == new AssignmentKey(key.ExperimentName, subjectId, subjectType, tenantId)).ToArray())
            {
                _pending.Remove(key);
            }
        }
    }

    /// <summary>Tries once more to write the pending assignments; those that cannot be written are lost, and the loss is logged.</summary>
    public async ValueTask DisposeAsync()
    {
        await _shutdown.CancelAsync().ConfigureAwait(false);
        Task worker;
        lock (_lock)
        {
            worker = _worker;
        }

        await worker.ConfigureAwait(false);
        Close();
    }

    /// <summary>Does not wait: pending assignments are lost, and the loss is logged.</summary>
    public void Dispose()
    {
        _shutdown.Cancel();
        Close();
    }

    private void Close()
    {
        var lost = Count;
        if (Interlocked.Exchange(ref _isClosed, 1) == 0 && lost > 0)
        {
            LogLost(store, lost);
        }
    }

    private async Task WriteAsync()
    {
        try
        {
            bool isLastTry;
            do
            {
                await Task.Delay(BreakerState.MaxRetryDelay, time, _shutdown.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                isLastTry = _shutdown.IsCancellationRequested;
            }
            while (!await WriteAllAsync(isLastTry).ConfigureAwait(false) && !isLastTry);
        }
        catch (Exception exception)
        {
            // A clock or a store threw although it must not: pending assignments are kept, and the next one restarts the worker.
            LogStopped(store, exception);
            Stop();
        }
    }

    /// <summary>Writes until no assignment is pending or the store is unavailable.</summary>
    /// <returns>True if no assignment is pending and the worker has stopped.</returns>
    private async Task<bool> WriteAllAsync(bool isLastTry)
    {
        while (TryPeek(out var key, out var assignment))
        {
            var answer = await write(key, assignment, isLastTry).ConfigureAwait(false);
            if (answer.IsMissed)
            {
                return false;
            }

            Interlocked.Increment(ref !answer.IsAnswered ? ref _refused : ref answer.Existing is null || answer.Existing == assignment ? ref _written : ref _superseded);
            if (!TryRemove(key, assignment))
            {
                // The subject was deleted while its assignment was being written. If it has returned since, its new assignment is written next.
                await forget(key).ConfigureAwait(false);
            }
        }

        return true;
    }

    private bool TryPeek(out AssignmentKey key, out StoredAssignment assignment)
    {
        lock (_lock)
        {
            while (_order.TryPeek(out key))
            {
                if (_pending.TryGetValue(key, out assignment!))
                {
                    return true;
                }

                _order.Dequeue();
            }

            assignment = null!;
            _isWorking = false;
            return false;
        }
    }

    private bool TryRemove(in AssignmentKey key, StoredAssignment written)
    {
        lock (_lock)
        {
            _order.Dequeue();
            return _pending.TryGetValue(key, out var pending) && ReferenceEquals(pending, written) && _pending.Remove(key);
        }
    }

    private void Stop()
    {
        lock (_lock)
        {
            _isWorking = false;
        }
    }

    [LoggerMessage(122, LogLevel.Warning,
        "Assignment store {Store} is still unavailable, and {Capacity} assignments are pending (AssignmentCacheCapacity). Further subjects are offered to the store when they return.", EventName = "WriteBehindFull")]
    private partial void LogFull(string store, int capacity);

    [LoggerMessage(123, LogLevel.Warning,
        "{Count} assignments that were served while assignment store {Store} was unavailable were never written. These subjects may get another variant after a restart.", EventName = "WriteBehindLost")]
    private partial void LogLost(string store, int count);

    [LoggerMessage(124, LogLevel.Error, "Writing the pending assignments of assignment store {Store} stopped because of an error. It restarts when the next assignment is queued.", EventName = "WriteBehindStopped")]
    private partial void LogStopped(string store, Exception exception);
}
