using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// The assignments that were served while a store did not answer, in the order in which they were served: written as soon as it answers again,
/// also those of subjects that never return. Bounded: what finds no room is counted, and offered again when its subject returns.
/// </summary>
/// <param name="store">The name of the store.</param>
/// <param name="write">Writes an assignment, unless the store has one already.</param>
/// <param name="forget">Forgets the subject of a key in every experiment.</param>
/// <param name="capacity">How many assignments may wait.</param>
/// <param name="time">The clock of the retries.</param>
/// <param name="logger">Where losses are logged.</param>
internal sealed partial class WriteBehindQueue(
    string store,
    Func<AssignmentKey, StoredAssignment, ValueTask<StoreResult>> write,
    Func<AssignmentKey, ValueTask> forget,
    int capacity,
    TimeProvider time,
    NonThrowingLogger logger)
    : IAsyncDisposable, IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<AssignmentKey, StoredAssignment> _pending = [];
    private readonly Queue<AssignmentKey> _order = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly FaultLatch _full = new(time);
    private readonly ILogger _logger = logger;
    private Task _worker = Task.CompletedTask;
    private int _isEnded;
    private bool _isWorking;
    private long _written;
    private long _superseded;
    private long _refused;
    private long _dropped;

    /// <summary>How many assignments wait.</summary>
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

    /// <summary>What became of the assignments that waited, by the result as instruments name it.</summary>
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

    /// <summary>Takes an assignment that could not be written. The first one of a subject counts: it is the one that was served first.</summary>
    public void Enqueue(in AssignmentKey key, StoredAssignment assignment)
    {
        bool isTaken;
        lock (_lock)
        {
            isTaken = _pending.ContainsKey(key) || (_pending.Count < capacity && !_ending.IsCancellationRequested);
            if (isTaken)
            {
                if (_pending.TryAdd(key, assignment))
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

        if (!isTaken)
        {
            Interlocked.Increment(ref _dropped);
            if (_full.Trip())
            {
                LogFull(store, capacity);
            }
        }
    }

    /// <summary>Forgets a subject in every experiment.</summary>
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

    /// <summary>Tries once more to write what waits; what the store does not take now is lost, and logged.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync().ConfigureAwait(false);
        Task worker;
        lock (_lock)
        {
            worker = _worker;
        }

        await worker.ConfigureAwait(false);
        End();
    }

    /// <summary>Waits for nothing: what waits is lost, and logged.</summary>
    public void Dispose()
    {
        _ending.Cancel();
        End();
    }

    private void End()
    {
        var lost = Count;
        if (Interlocked.Exchange(ref _isEnded, 1) == 0 && lost > 0)
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
                await Task.Delay(BreakerState.LastRetry, time, _ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                isLastTry = _ending.IsCancellationRequested;
            }
            while (!await WriteAllAsync().ConfigureAwait(false) && !isLastTry);
        }
        catch (Exception exception)
        {
            // A clock or a store that throws where it must not: what waits stays, and the next assignment starts the worker anew.
            LogStopped(store, exception);
            Stop();
        }
    }

    /// <summary>Writes until nothing waits, or the store does not answer.</summary>
    /// <returns>True if nothing waits any more, and the worker has stopped.</returns>
    private async Task<bool> WriteAllAsync()
    {
        while (TryPeek(out var key, out var assignment))
        {
            var answer = await write(key, assignment).ConfigureAwait(false);
            if (answer.IsMissed)
            {
                return false;
            }

            Interlocked.Increment(ref !answer.IsAnswered ? ref _refused : ref answer.Existing is null || answer.Existing == assignment ? ref _written : ref _superseded);
            if (!TryRemove(key))
            {
                // Forgotten while it was being written.
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

    private bool TryRemove(in AssignmentKey key)
    {
        lock (_lock)
        {
            _order.Dequeue();
            return _pending.Remove(key);
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
        "Assignment store {Store} has been away for so long that {Capacity} assignments wait to be written, and no more are kept (AssignmentCacheCapacity); further subjects are offered to the store when they return.", EventName = "WriteBehindFull")]
    private partial void LogFull(string store, int capacity);

    [LoggerMessage(123, LogLevel.Warning,
        "{Count} assignments that were served while assignment store {Store} did not answer were never written: these subjects may get another variant after a restart.", EventName = "WriteBehindLost")]
    private partial void LogLost(string store, int count);

    [LoggerMessage(124, LogLevel.Error, "Writing the assignments that assignment store {Store} had missed has stopped; it starts again with the next one that it misses.", EventName = "WriteBehindStopped")]
    private partial void LogStopped(string store, Exception exception);
}
