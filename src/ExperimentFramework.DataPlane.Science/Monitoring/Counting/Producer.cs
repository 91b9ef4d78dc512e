namespace ExperimentFramework.DataPlane.Science;

/// <summary>One producer of an experiment's exposures: what it says it published, and what arrived.</summary>
internal sealed class Producer
{
    /// <summary>
    /// A shortage counts if it is in this many accounts in a row. Partitions of a stream are not read at the same pace, so an account may be read before exposures that were delivered before it.
    /// </summary>
    private const int Accounts = 3;

    private const int SilentIntervals = 5;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly Queue<long> _shortages = new(Accounts);
    private DateTimeOffset _accountArrivedAt;
    private TimeSpan _interval;

    public required ulong Number { get; init; }

    /// <summary>The exposures that arrived until now.</summary>
    public long Received { get; set; }

    /// <summary>The exposures that had arrived when its latest account did.</summary>
    public long ReceivedThen { get; private set; }

    /// <summary>The exposures that were published before it was counted.</summary>
    public long Uncounted { get; set; }

    /// <summary>The exposures that its latest account expects, without <see cref="Uncounted"/>.</summary>
    public long Expected { get; private set; }

    /// <summary>The exposing calls that it counts, by the index of the assigned variant.</summary>
    public CallCounts[] Calls { get; set; } = [];

    /// <summary>The end of what that account counts; null without an account.</summary>
    public DateTimeOffset? AsOf { get; private set; }

    /// <summary>Whether that account is the last.</summary>
    public bool IsLast { get; private set; }

    /// <summary>The number of that account; 0 without one.</summary>
    public long SequenceNumber { get; private set; }

    /// <summary>The destination whose stream it describes; null without an account.</summary>
    public string? Destination { get; private set; }

    /// <summary>Takes what an account says.</summary>
    public void SetExpected(AccountingEvent account, long expected, DateTimeOffset now)
    {
        var interval = account.IntervalEnd - AsOf;
        _interval = interval > TimeSpan.Zero ? interval.Value : _interval;
        Expected = expected - Uncounted;
        ReceivedThen = Received;
        AsOf = account.IntervalEnd;
        IsLast = account.IsLast;
        SequenceNumber = account.SequenceNumber;
        Destination = account.Destination;
        _accountArrivedAt = now;
        if (_shortages.Count == Accounts)
        {
            _shortages.Dequeue();
        }

        _shortages.Enqueue(Math.Max(0, Expected - ReceivedThen));
    }

    /// <summary>The exposures that are certainly missing: those that the last account expects and that have not arrived a minute later, or as many as every one of the latest accounts misses.</summary>
    public long MissingAt(DateTimeOffset now) =>
        IsLast && now - _accountArrivedAt >= Patience ? Math.Max(0, Expected - Received)
        : _shortages.Count == Accounts ? _shortages.Min()
        : 0;

    /// <summary>Whether accounts have stopped without a last one, as of a process that was killed: what it published since cannot be checked.</summary>
    public bool IsSilentAt(DateTimeOffset now) => !IsLast && _interval > TimeSpan.Zero && now - _accountArrivedAt >= SilentIntervals * _interval;
}
