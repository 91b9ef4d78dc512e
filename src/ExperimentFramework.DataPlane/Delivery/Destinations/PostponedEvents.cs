namespace ExperimentFramework.DataPlane;

/// <summary>
/// Events in an outbox that failed again and again while their neighbours were delivered. They are left alone for a while, so that they hold nobody up, and
/// are tried until they are too old for the outbox. For one thread at a time.
/// </summary>
internal sealed class PostponedEvents(TimeProvider time)
{
    /// <summary>How long an event is left alone.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>Bounds what is read past at each reading. An event beyond it is tried again at once.</summary>
    private const int Capacity = 10_000;

    private readonly Dictionary<long, long> _since = [];

    /// <summary>How many events are left alone at most.</summary>
    public int Count => _since.Count;

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

    /// <summary>Whether the event is still left alone.</summary>
    public bool Contains(QueuedEnvelope queued)
    {
        if (!_since.TryGetValue(queued.Position, out var since))
        {
            return false;
        }

        if (time.GetElapsedTime(since) < Interval)
        {
            return true;
        }

        _since.Remove(queued.Position);
        return false;
    }
}
