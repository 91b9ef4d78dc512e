using System.Collections.Concurrent;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Says when a loss of events begins and when it has ended, once each, so that the hole shows in the stream itself. A loss has
/// ended when nothing was lost for a while. Noting one more event takes no lock: when a queue is full, every caller does.
/// </summary>
internal sealed class LossWatch(string source, TimeProvider time)
{
    /// <summary>The experiment name of an event that is about all of them.</summary>
    private const string EveryExperiment = "*";

    private static readonly TimeSpan QuietPeriod = TimeSpan.FromSeconds(10);

    private readonly Lock _telling = new();
    private Loss _loss = new();

    /// <summary>Whether an event was lost within the last while.</summary>
    public bool IsLosing => Volatile.Read(ref _loss) is { HasBegun: true } loss && IsGoingOn(loss);

    public void Lost(string reason, Exception? cause = null)
    {
        var loss = Volatile.Read(ref _loss);
        loss.Add(reason, cause, time.GetUtcNow());
        if (Volatile.Read(ref _loss) is var current && current != loss)
        {
            // It was told to have ended meanwhile: this is the beginning of another one.
            current.Add(reason, cause, time.GetUtcNow());
        }
    }

    /// <summary>Offers the event about a change of state, if there is one, until it is taken.</summary>
    public void Tell(Func<ErrorEvent, bool> take)
    {
        lock (_telling)
        {
            var loss = _loss;
            if (!loss.HasBegun)
            {
                return;
            }

            if (!loss.IsTold)
            {
                loss.IsTold = take(Event(loss, $"Events are being lost since {loss.BeganAt:O}: {loss.Reasons}.", loss.BeganAt));
            }
            else if (!IsGoingOn(loss)
                && take(Event(loss, $"No event has been lost since {loss.LastAt:O}. Lost from {loss.BeganAt:O}: {loss.Counts}.", time.GetUtcNow())))
            {
                Volatile.Write(ref _loss, new Loss());
            }
        }
    }

    private bool IsGoingOn(Loss loss) => time.GetUtcNow() - loss.LastAt < QuietPeriod;

    private ErrorEvent Event(Loss loss, FormattableString message, DateTimeOffset at) => new()
    {
        ExperimentName = EveryExperiment,
        Source = source,
        Message = FormattableString.Invariant(message),
        ErrorType = loss.Cause?.GetType().FullName,
        Timestamp = at,
    };

    /// <summary>A loss from its beginning to its end.</summary>
    private sealed class Loss
    {
        private long _beganAt;
        private long _lastAt;
        private Exception? _cause;

        public ConcurrentDictionary<string, DropTally> ByReason { get; } = new(StringComparer.Ordinal);

        public bool HasBegun => !ByReason.IsEmpty;

        public bool IsTold { get; set; }

        public DateTimeOffset BeganAt => new(Volatile.Read(ref _beganAt), TimeSpan.Zero);

        public DateTimeOffset LastAt => new(Volatile.Read(ref _lastAt), TimeSpan.Zero);

        public Exception? Cause => Volatile.Read(ref _cause);

        public string Reasons => string.Join(", ", Ordered.Select(reason => reason.Key));

        public string Counts => string.Join(", ", Ordered.Select(reason => $"{reason.Value.Value} {reason.Key}"));

        private IEnumerable<KeyValuePair<string, DropTally>> Ordered => ByReason.OrderBy(reason => reason.Key, StringComparer.Ordinal);

        public void Add(string reason, Exception? cause, DateTimeOffset at)
        {
            // The times first: who sees the reason sees them. To the millisecond, so that not every caller writes what all of them read.
            if (Math.Abs(at.UtcTicks - Volatile.Read(ref _lastAt)) >= TimeSpan.TicksPerMillisecond)
            {
                Volatile.Write(ref _lastAt, at.UtcTicks);
            }

            if (Volatile.Read(ref _beganAt) == 0)
            {
                Interlocked.CompareExchange(ref _beganAt, at.UtcTicks, 0);
            }

            if (cause is not null && cause != Volatile.Read(ref _cause))
            {
                Volatile.Write(ref _cause, cause);
            }

            ByReason.GetOrAdd(reason, static _ => new DropTally()).Increment();
        }
    }
}
