namespace ExperimentFramework.DataPlane.Science;

/// <summary>One producer of an experiment's exposures: what it reported as published, and what arrived.</summary>
internal sealed class Producer
{
    /// <summary>
    /// A shortage counts only if this many consecutive accounts show it over a minimum time. Partitions of a stream are not read at the same pace, so an account may be read before exposures that were delivered before it.
    /// </summary>
    private const int FewestAccounts = 3;

    private const int SilentIntervals = 5;

    private static readonly TimeSpan ShortestShortage = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan ShortestSilence = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private DateTimeOffset _accountArrivedAt;
    private TimeSpan _interval;
    private (int Accounts, DateTimeOffset Since, long Least) _shortage;
    private (long Received, DateTimeOffset At) _lastSeen;

    public required ulong Number { get; init; }

    /// <summary>The exposures that have arrived.</summary>
    public long Received { get; set; }

    /// <summary>The exposures that had arrived when its latest account arrived.</summary>
    public long ReceivedThen { get; private set; }

    /// <summary>The exposures that were published before counting began.</summary>
    public long Uncounted { get; set; }

    /// <summary>The exposures that its latest account expects, without <see cref="Uncounted"/>.</summary>
    public long Expected { get; private set; }

    /// <summary>The exposing calls in its latest account, by the index of the assigned variant.</summary>
    public CallCounts[] Calls { get; set; } = [];

    /// <summary>The end of the period that the account covers; null without an account.</summary>
    public DateTimeOffset? AsOf { get; private set; }

    /// <summary>Whether that account is the last.</summary>
    public bool IsLast { get; private set; }

    /// <summary>The number of that account; 0 without one.</summary>
    public long SequenceNumber { get; private set; }

    /// <summary>The destination whose stream it describes; null without an account.</summary>
    public string? Destination { get; private set; }

    /// <summary>The exposures that the latest account counts and that had not arrived with it; if it is the last account, those that have not arrived yet.</summary>
    public long Missing => Math.Max(0, Expected - (IsLast ? Received : ReceivedThen));

    /// <summary>Whether missing exposures were signaled.</summary>
    public bool IsReported { get; set; }

    /// <summary>Applies an account.</summary>
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
        var shortage = Math.Max(0, Expected - ReceivedThen);
        _shortage = shortage == 0 ? default
            : _shortage.Accounts == 0 ? (1, now, shortage)
            : (_shortage.Accounts + 1, _shortage.Since, Math.Min(_shortage.Least, shortage));
    }

    /// <summary>The number of exposures that are certainly missing: those that the last account expects and that have not arrived a minute later, or the smallest shortage among the latest accounts.</summary>
    public long MissingAt(DateTimeOffset now) =>
        IsLast ? (now - _accountArrivedAt >= Patience ? Missing : 0)
        : _shortage.Accounts >= FewestAccounts && now - _shortage.Since >= ShortestShortage ? _shortage.Least
        : 0;

    /// <summary>Whether the producer has been silent for a while without a last account: its process was killed, or its events are delayed. Must be called regularly.</summary>
    public bool IsSilentAt(DateTimeOffset now)
    {
        if (_lastSeen.Received != Received)
        {
            _lastSeen = (Received, now);
        }

        var since = _lastSeen.At > _accountArrivedAt ? _lastSeen.At : _accountArrivedAt;
        var silence = SilentIntervals * _interval;
        return !IsLast && AsOf is not null && now - since >= (silence > ShortestSilence ? silence : ShortestSilence);
    }
}

/// <summary>The results of exposing calls, as counted in accounts.</summary>
/// <param name="Calls">All of them.</param>
/// <param name="Repeats">Those that were not recorded because they repeated the subject's last exposure.</param>
/// <param name="SampledOut">Those whose subject is not in the sample.</param>
/// <param name="NoSubject">Those whose subject was required but unknown.</param>
internal readonly record struct CallCounts(long Calls, long Repeats, long SampledOut, long NoSubject)
{
    public static CallCounts operator +(CallCounts left, CallCounts right) =>
        new(left.Calls + right.Calls, left.Repeats + right.Repeats, left.SampledOut + right.SampledOut, left.NoSubject + right.NoSubject);
}
