using System.Runtime.CompilerServices;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Counts what became of the events of one destination once they have left its queue: delivered, stored in the outbox or dropped. An event that is still
/// queued is not counted yet. Accounts themselves are not counted.
/// </summary>
internal sealed class StreamAccount
{
    private const int RecentRows = 16;

    private readonly BoundedDictionary<EventKey, Tally> _published = new(EventKey.MaxRows);
    private readonly BoundedDictionary<Drop, Tally> _dropped = new(EventKey.MaxRows);

    /// <summary>The rows that were counted last: finding them takes no hash of their texts.</summary>
    private readonly Recent?[] _recent = new Recent?[RecentRows];

    /// <summary>The published events.</summary>
    public IEnumerable<(EventKey Key, long Count)> Published => _published.Select(row => (row.Key, Volatile.Read(ref row.Value.Count)));

    /// <summary>The dropped events. Read it after <see cref="Published"/>: a drop is counted before its event counts as published.</summary>
    public IEnumerable<(Drop Drop, long Count)> Dropped => _dropped.Select(row => (row.Key, Volatile.Read(ref row.Value.Count)));

    /// <summary>Counts events as published.</summary>
    public void CountPublished(IReadOnlyList<QueuedEnvelope> events)
    {
        for (var i = 0; i < events.Count; i++)
        {
            CountPublished(events[i].Envelope.Payload);
        }
    }

    /// <summary>Counts an event as published.</summary>
    public void CountPublished(DataPlaneEvent published)
    {
        if (published.EventType != DataPlaneEventType.Accounting)
        {
            Interlocked.Increment(ref TallyOf(EventKey.Of(published)).Count);
        }
    }

    /// <summary>Counts an event as dropped.</summary>
    /// <param name="key">The event.</param>
    /// <param name="reason">One of <see cref="DropReasons"/>.</param>
    /// <param name="eventId">The event's id, which names its producer.</param>
    public void CountDropped(in EventKey key, string reason, Guid eventId)
    {
        if (key.EventType != DataPlaneEventType.Accounting)
        {
            var drop = new Drop(key, reason, ProducerId.NumberOf(eventId));
            Interlocked.Increment(ref Find(_dropped, drop, drop with { Key = key.Overflow }).Count);
        }
    }

    private Tally TallyOf(in EventKey key)
    {
        var slot = (RuntimeHelpers.GetHashCode(key.Variant) + (int)key.EventType) & (RecentRows - 1);
        if (_recent[slot] is { } recent
            && ReferenceEquals(recent.Key.Variant, key.Variant)
            && ReferenceEquals(recent.Key.Experiment, key.Experiment)
            && recent.Key.EventType == key.EventType)
        {
            return recent.Tally;
        }

        var tally = Find(_published, key, key.Overflow);
        _recent[slot] = new Recent(key, tally);
        return tally;
    }

    private static Tally Find<TKey>(BoundedDictionary<TKey, Tally> rows, in TKey key, in TKey overflow)
        where TKey : notnull =>
        rows.TryGetValue(key, out var tally) ? tally : rows.GetOrAdd(rows.IsFull ? overflow : key, static _ => new Tally());

    /// <summary>Dropped events.</summary>
    /// <param name="Key">What they are.</param>
    /// <param name="Reason">One of <see cref="DropReasons"/>.</param>
    /// <param name="Producer">The number of the producer that published them, which may be that of an ended process.</param>
    internal readonly record struct Drop(EventKey Key, string Reason, ulong Producer);

    private sealed class Tally
    {
        public long Count;
    }

    private sealed record Recent(EventKey Key, Tally Tally);
}
