namespace ExperimentFramework.DataPlane;

/// <summary>
/// Says when a loss of events begins and when it has ended, once each, so that the hole shows in the stream itself. A loss has
/// ended when nothing was lost for a while.
/// </summary>
internal sealed class LossWatch(string source, TimeProvider time)
{
    /// <summary>The experiment name of an event that is about all of them.</summary>
    private const string EveryExperiment = "*";

    private static readonly TimeSpan QuietPeriod = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, long> _byReason = new(StringComparer.Ordinal);
    private DateTimeOffset _beganAt;
    private DateTimeOffset _lastAt;
    private bool _isTold;
    private Exception? _cause;

    /// <summary>Whether an event was lost within the last while.</summary>
    public bool IsLosing
    {
        get
        {
            lock (_lock)
            {
                return _byReason.Count > 0;
            }
        }
    }

    public void Lost(string reason, Exception? cause = null)
    {
        lock (_lock)
        {
            _lastAt = time.GetUtcNow();
            if (_byReason.Count == 0)
            {
                _beganAt = _lastAt;
            }

            _cause = cause ?? _cause;
            _byReason[reason] = _byReason.GetValueOrDefault(reason) + 1;
        }
    }

    /// <summary>Offers the event about a change of state, if there is one, until it is taken.</summary>
    public void Tell(Func<ErrorEvent, bool> take)
    {
        lock (_lock)
        {
            if (_byReason.Count == 0)
            {
                return;
            }

            if (!_isTold)
            {
                _isTold = take(Event($"Events are being lost since {_beganAt:O}: {Reasons}.", _beganAt));
            }
            else if (time.GetUtcNow() - _lastAt >= QuietPeriod
                && take(Event($"No event has been lost since {_lastAt:O}. Lost from {_beganAt:O}: {Counts}.", time.GetUtcNow())))
            {
                _byReason.Clear();
                _isTold = false;
                _cause = null;
            }
        }
    }

    private string Reasons => string.Join(", ", _byReason.Keys);

    private string Counts => string.Join(", ", _byReason.Select(reason => $"{reason.Value} {reason.Key}"));

    private ErrorEvent Event(FormattableString message, DateTimeOffset at) => new()
    {
        ExperimentName = EveryExperiment,
        Source = source,
        Message = FormattableString.Invariant(message),
        ErrorType = _cause?.GetType().FullName,
        Timestamp = at,
    };
}
