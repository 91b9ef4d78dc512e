namespace ExperimentFramework.DataPlane;

/// <summary>
/// Events in an outbox that failed repeatedly while other events were delivered. They are skipped for a while, so that they do not delay the others, and
/// retried until they are too old for the outbox. Used by one thread at a time.
/// </summary>
internal sealed class PostponedEvents(TimeProvider time)
{
    /// <summary>How long an event is skipped.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>Limits the number of events that each read must skip. Further events are retried at once.</summary>
    private const int Capacity = 10_000;

    private readonly Dictionary<long, long> _since = [];

    /// <summary>The maximum number of events that a read has to skip. Events that are due again are no longer counted, whether or not they are still in the outbox.</summary>
    public int Count
    {
        get
        {
            foreach (var (position, since) in _since)
            {
                if (time.GetElapsedTime(since) >= Interval)
                {
                    _since.Remove(position);
                }
            }

            return _since.Count;
        }
    }

    public void Add(IEnumerable<QueuedEnvelope> events)
    {
        var now = time.GetTimestamp();
        foreach (var queued in events)
        {
            if (_since.Count < Capacity)
            {
                _since[queued.Position] = now;
            }
        }
    }

    /// <summary>Whether the event is still to be skipped.</summary>
    public bool Contains(QueuedEnvelope queued) => _since.TryGetValue(queued.Position, out var since) && time.GetElapsedTime(since) < Interval;
}
