namespace ExperimentFramework.DataPlane;

/// <summary>
/// A circuit breaker: decides when a store is left alone, and when one call may try it again. A store that says that it cannot be used is left
/// alone at once. A silent one is not, because a single slow disk write, or a busy process of ours, looks the same: it takes several time-outs
/// in a row, or a share of them. Faults of single subjects count only when nothing but faults comes, of many different subjects.
/// </summary>
internal sealed class BreakerState(long frequency)
{
    /// <summary>How many time-outs, each of a question asked after the one before had timed out, open the breaker.</summary>
    public const int TimeoutsInARow = 5;

    /// <summary>How many different subjects with faults, and no answer in between, open the breaker.</summary>
    public const int FaultySubjectsInARow = 20;

    /// <summary>The longest interval between two tries.</summary>
    public static readonly TimeSpan LastRetry = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private readonly HashSet<AssignmentKey> _faulty = [];
    private TimeSpan _retry;
    private long _retryAt;
    private long _openedAt;
    private long _lastTimeout = long.MinValue;
    private int _timeoutsInARow;
    private long _windowStart = long.MinValue;
    private int _askedInWindow;
    private int _timedOutInWindow;
    private int _separateTimeoutsInWindow;
    private volatile bool _isOpen;

    /// <summary>Whether the store is left alone.</summary>
    public bool IsOpen => _isOpen;

    /// <summary>Whether a question asked now would reach the store.</summary>
    public bool CanEnter(long now) => !_isOpen || now >= Volatile.Read(ref _retryAt);

    /// <summary>Whether a question may be asked. While the breaker is open, one caller per interval may: the one that tries.</summary>
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

            _retryAt = now + Ticks(_retry);
            return true;
        }
    }

    /// <summary>Takes note of an answer.</summary>
    public Change OnAnswered(long now)
    {
        lock (_lock)
        {
            Count(now);
            return Close();
        }
    }

    /// <summary>Takes note of a question without an answer.</summary>
    /// <param name="fault">Why there was none.</param>
    /// <param name="key">Whose assignment was asked for.</param>
    /// <param name="askedAt">When the question was asked.</param>
    /// <param name="now">The time now.</param>
    public Change OnFailed(StoreFault fault, in AssignmentKey key, long askedAt, long now)
    {
        lock (_lock)
        {
            Count(now);
            var opens = fault switch
            {
                StoreFault.Timeout => TimedOut(askedAt, now),
                StoreFault.Subject => IsFaultyThroughout(key),
                _ => true,
            };
            if (!_isOpen)
            {
                return opens ? Open(now) : Change.None;
            }

            return fault == StoreFault.Subject && !opens ? Close() : StayOpen(askedAt, now);
        }
    }

    private void Count(long now)
    {
        if (_windowStart == long.MinValue || now - _windowStart >= Ticks(Window))
        {
            (_windowStart, _askedInWindow, _timedOutInWindow, _separateTimeoutsInWindow) = (now, 0, 0, 0);
        }

        _askedInWindow++;
    }

    private bool TimedOut(long askedAt, long now)
    {
        _timedOutInWindow++;
        if (askedAt >= _lastTimeout)
        {
            // Questions that were under way together have met the same silence, which counts once.
            _lastTimeout = now;
            _timeoutsInARow++;
            _separateTimeoutsInWindow++;
        }

        return _timeoutsInARow >= TimeoutsInARow
            || (_separateTimeoutsInWindow >= TimeoutsInARow && _timedOutInWindow * 2 >= _askedInWindow);
    }

    private bool IsFaultyThroughout(in AssignmentKey key)
    {
        // A fault of one subject is an answer all the same: the store is not silent.
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
        _retry = FirstRetry;
        Volatile.Write(ref _retryAt, now + Ticks(_retry));
        return Change.Opened;
    }

    private Change StayOpen(long askedAt, long now)
    {
        // What was under way when the breaker opened says nothing new.
        if (askedAt >= _openedAt)
        {
            _retry = _retry * 2 < LastRetry ? _retry * 2 : LastRetry;
            Volatile.Write(ref _retryAt, now + Ticks(_retry));
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

    /// <summary>What a question has changed.</summary>
    internal enum Change
    {
        /// <summary>Nothing.</summary>
        None,

        /// <summary>The store is left alone from now on.</summary>
        Opened,

        /// <summary>The store works again.</summary>
        Closed,
    }
}
