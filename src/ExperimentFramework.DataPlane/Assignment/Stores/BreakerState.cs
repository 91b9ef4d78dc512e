namespace ExperimentFramework.DataPlane;

/// <summary>
/// The state of a circuit breaker: decides when the circuit opens, and when one call may probe the store. An unreachable store opens the circuit at
/// once. A timeout does not, because a single slow disk write or a busy host process looks the same: it takes several timeouts in a row, or a
/// share of all queries. Faults of single subjects open the circuit only if many different subjects fail with no success in between.
/// </summary>
internal sealed class BreakerState(long frequency)
{
    /// <summary>The number of consecutive timeouts, each of a query started after the previous one had timed out, that open the circuit.</summary>
    public const int TimeoutsInARow = 5;

    /// <summary>The number of different subjects that must fail, with no success in between, to open the circuit.</summary>
    public const int FaultySubjectsInARow = 20;

    /// <summary>The longest interval between two probes.</summary>
    public static readonly TimeSpan MaxRetryDelay = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan MinRetryDelay = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private readonly HashSet<AssignmentKey> _faulty = [];
    private TimeSpan _retryDelay;
    private long _retryAt;
    private long _openedAt;
    private long _lastTimeout = long.MinValue;
    private int _timeoutsInARow;
    private long _windowStart = long.MinValue;
    private int _queriesInWindow;
    private int _timeoutsInWindow;
    private int _separateTimeoutsInWindow;
    private volatile bool _isOpen;

    /// <summary>Whether the circuit is open.</summary>
    public bool IsOpen => _isOpen;

    /// <summary>Returns whether a query made now would reach the store.</summary>
    public bool CanEnter(long now) => !_isOpen || now >= Volatile.Read(ref _retryAt);

    /// <summary>Returns whether a query may be made. While the circuit is open, one caller per interval may make one: the probe.</summary>
    public bool TryEnter(long now)
    {
        if (!_isOpen)
        {
            return true;
        }

        lock (_lock)
        {
            if (!_isOpen)
            {
                return true;
            }

            if (now < _retryAt)
            {
                return false;
            }

            _retryAt = now + Ticks(_retryDelay);
            return true;
        }
    }

    /// <summary>Records a successful query.</summary>
    public Change OnAnswered(long now)
    {
        lock (_lock)
        {
            Count(now);
            return Close();
        }
    }

    /// <summary>Records a failed query.</summary>
    /// <param name="fault">Why it failed.</param>
    /// <param name="key">The assignment that was queried.</param>
    /// <param name="startedAt">When the query started.</param>
    /// <param name="now">The current time.</param>
    public Change OnFailed(StoreFault fault, in AssignmentKey key, long startedAt, long now)
    {
        lock (_lock)
        {
            Count(now);
            var opens = fault switch
            {
                StoreFault.Timeout => TimedOut(startedAt, now),
                StoreFault.Subject => HasOnlyFaults(key),
                _ => true,
            };
            if (!_isOpen)
            {
                return opens ? Open(now) : Change.None;
            }

            return fault == StoreFault.Subject && !opens ? Close() : StayOpen(startedAt, now);
        }
    }

    private void Count(long now)
    {
        if (_windowStart == long.MinValue || now - _windowStart >= Ticks(Window))
        {
            (_windowStart, _queriesInWindow, _timeoutsInWindow, _separateTimeoutsInWindow) = (now, 0, 0, 0);
        }

        _queriesInWindow++;
    }

    private bool TimedOut(long startedAt, long now)
    {
        _timeoutsInWindow++;
        if (startedAt >= _lastTimeout)
        {
            // Concurrent queries have hit the same outage, which counts once.
            _lastTimeout = now;
            _timeoutsInARow++;
            _separateTimeoutsInWindow++;
        }

        return _timeoutsInARow >= TimeoutsInARow
            || (_separateTimeoutsInWindow >= TimeoutsInARow && _timeoutsInWindow * 2 >= _queriesInWindow);
    }

    private bool HasOnlyFaults(in AssignmentKey key)
    {
        // A fault of one subject is still a response, so the store has not timed out.
        _timeoutsInARow = 0;
        if (_faulty.Count < FaultySubjectsInARow)
        {
            _faulty.Add(key);
        }

        return _faulty.Count == FaultySubjectsInARow;
    }

    private Change Open(long now)
    {
        _isOpen = true;
        _openedAt = now;
        _retryDelay = MinRetryDelay;
        Volatile.Write(ref _retryAt, now + Ticks(_retryDelay));
        return Change.Opened;
    }

    private Change StayOpen(long startedAt, long now)
    {
        // A query that was in flight when the circuit opened carries no new information.
        if (startedAt >= _openedAt)
        {
            _retryDelay = _retryDelay * 2 < MaxRetryDelay ? _retryDelay * 2 : MaxRetryDelay;
            Volatile.Write(ref _retryAt, now + Ticks(_retryDelay));
        }

        return Change.None;
    }

    private Change Close()
    {
        _timeoutsInARow = 0;
        _faulty.Clear();
        if (!_isOpen)
        {
            return Change.None;
        }

        _isOpen = false;
        _windowStart = long.MinValue;
        return Change.Closed;
    }

    private long Ticks(TimeSpan time) => (long)(time.TotalSeconds * frequency);

    /// <summary>How a query changed the circuit.</summary>
    internal enum Change
    {
        /// <summary>It did not.</summary>
        None,

        /// <summary>The circuit opened.</summary>
        Opened,

        /// <summary>The circuit closed.</summary>
        Closed,
    }
}
