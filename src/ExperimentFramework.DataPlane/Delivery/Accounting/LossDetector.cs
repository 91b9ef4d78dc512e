using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Reports when a loss of events starts and when it has ended, once each, in the log and in the event stream, so that the gap is visible there. A loss
/// has ended when no event was lost for a while, on the monotonic clock. Recording one more lost event takes no lock: this is a hot path when a queue is full.
/// </summary>
internal sealed partial class LossDetector(string source, DropLedger drops, TimeProvider time, NonThrowingLogger logger)
{
    private static readonly TimeSpan QuietPeriod = TimeSpan.FromSeconds(10);

    private readonly LossCounts _counts = new(source, drops);
    private Loss _loss = new();

    /// <summary>Whether an event was lost recently.</summary>
    public bool HasRecentLoss => Volatile.Read(ref _loss) is { HasBegun: true } loss && IsOngoing(loss);

    public void Record(string reason, Exception? cause = null)
    {
        var loss = Volatile.Read(ref _loss);
        loss.Add(reason, cause, time);
        if (Volatile.Read(ref _loss) is var current && current != loss)
        {
            // It was published as ended in the meantime, so this is the start of another loss.
            current.Add(reason, cause, time);
        }
    }

    /// <summary>
    /// Logs a change of state, if there is one, and offers the event about it until it is accepted. Called by the only worker.
    /// </summary>
    public void TryPublishTransition(Func<ErrorEvent, bool> tryPublish)
    {
        var loss = Volatile.Read(ref _loss);
        if (!loss.HasBegun)
        {
            return;
        }

        if (!loss.IsPublished && _counts.Take() is { Lost.Length: 0 } published)
        {
            // The event about the end of the last loss contains it already.
            Restart(published);
            return;
        }

        var isOngoing = IsOngoing(loss);
        Log(loss, isOngoing);
        if (loss.IsPublished && isOngoing)
        {
            return;
        }

        var counts = _counts.Take();
        if (!loss.IsPublished)
        {
            loss.IsPublished = tryPublish(Event(loss, $"Events have been lost since {loss.BeganAt:O}: {loss.Reasons}.", loss.BeganAt) with { Data = counts.Data });
        }
        else if (tryPublish(Event(loss, $"No event has been lost since {loss.LastAt(time):O}. Lost from {loss.BeganAt:O}: {counts.Text}.", time.GetUtcNow()) with { Data = counts.Data }))
        {
            Restart(counts);
        }
    }

    /// <summary>Starts the next loss, with what was lost while the event about the end of the last one was being published: no event contains that yet.</summary>
    /// <param name="published">The counts in the event about the end of the last loss.</param>
    private void Restart(LossCounts.Snapshot published)
    {
        var next = new Loss();

        // A full fence: whoever recorded an event in the last loss and has not seen this one has counted it, and the counts are read afterwards.
        Interlocked.Exchange(ref _loss, next);
        _counts.Restart(published);
        foreach (var reason in _counts.Take().Reasons)
        {
            next.Add(reason, cause: null, time);
        }
    }

    private void Log(Loss loss, bool isOngoing)
    {
        if (!loss.IsLoggedAsBegun)
        {
            loss.IsLoggedAsBegun = true;
            LogBegan(source, loss.Reasons);
        }
        else if (!isOngoing && !loss.IsLoggedAsEnded)
        {
            loss.IsLoggedAsEnded = true;
            LogEnded(source, _counts.Take().Text);
        }
        else if (isOngoing && loss.IsLoggedAsEnded)
        {
            // The event about the end has not been accepted yet, and events are being lost again.
            loss.IsLoggedAsEnded = false;
            LogBegan(source, loss.Reasons);
        }
    }

    private bool IsOngoing(Loss loss) => time.GetElapsedTime(loss.LastTimestamp) < QuietPeriod;

    private ErrorEvent Event(Loss loss, FormattableString message, DateTimeOffset at) => new()
    {
        ExperimentName = ExperimentNames.All,
        Source = source,
        Message = FormattableString.Invariant(message),
        ErrorType = loss.Cause?.GetType().FullName,
        Timestamp = at,
    };

    [LoggerMessage(8, LogLevel.Warning, "Events for {Destination} are being lost and counted as dropped: {Reasons}.", EventName = "LossStarted")]
    private partial void LogBegan(string destination, string reasons);

    [LoggerMessage(9, LogLevel.Information, "Events for {Destination} are no longer being lost. Lost: {Counts}.", EventName = "LossEnded")]
    private partial void LogEnded(string destination, string counts);

    /// <summary>A loss of events, from its start to its end.</summary>
    private sealed class Loss
    {
        private readonly ConcurrentDictionary<string, bool> _reasons = new(StringComparer.Ordinal);
        private Beginning? _beginning;
        private long _lastTimestamp;
        private Exception? _cause;

        public bool HasBegun => !_reasons.IsEmpty;

        public bool IsPublished { get; set; }

        public bool IsLoggedAsBegun { get; set; }

        public bool IsLoggedAsEnded { get; set; }

        public DateTimeOffset BeganAt => Volatile.Read(ref _beginning)!.At;

        /// <summary>When the last event was lost, on the monotonic clock.</summary>
        public long LastTimestamp => Volatile.Read(ref _lastTimestamp);

        public Exception? Cause => Volatile.Read(ref _cause);

        /// <summary>The reasons as text. Sorts a snapshot, because reasons may be added while sorting.</summary>
        public string Reasons => string.Join(", ", _reasons.ToArray().Select(reason => reason.Key).Order(StringComparer.Ordinal));

        /// <summary>When the last event was lost. Measured from the start, so that setting the clock in between has no effect.</summary>
        public DateTimeOffset LastAt(TimeProvider time) => BeganAt + time.GetElapsedTime(_beginning!.Timestamp, LastTimestamp);

        public void Add(string reason, Exception? cause, TimeProvider time)
        {
            // The times come first: a reader that sees the reason also sees them. Millisecond precision, so that not every caller writes what all of them read.
            var now = time.GetTimestamp();
            if (Math.Abs(now - Volatile.Read(ref _lastTimestamp)) >= time.TimestampFrequency / 1_000)
            {
                Volatile.Write(ref _lastTimestamp, now);
            }

            if (Volatile.Read(ref _beginning) is null)
            {
                Interlocked.CompareExchange(ref _beginning, new Beginning(time.GetUtcNow(), now), null);
            }

            if (cause is not null && cause != Volatile.Read(ref _cause))
            {
                Volatile.Write(ref _cause, cause);
            }

            // TryAdd takes a lock also for a reason that is there.
            if (!_reasons.ContainsKey(reason))
            {
                _reasons.TryAdd(reason, true);
            }
        }

        private sealed record Beginning(DateTimeOffset At, long Timestamp);
    }
}
