using System.Runtime.CompilerServices;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Counts how the events of one destination ended once they have left its queue: delivered, stored in the outbox or dropped. An event that is still
/// queued is not counted yet. Accounts themselves are counted only as delivered.
/// </summary>
internal sealed class StreamAccount
{
    private readonly EventCounts _published = new();
    private readonly EventCounts _delivered = new();
    private readonly BoundedDictionary<Drop, StrongBox<long>> _dropped = new(EventKey.MaxRows);

    /// <summary>The published events.</summary>
    public IEnumerable<(EventKey Key, long Count)> Published => _published.Rows;

    /// <summary>The events that the destination has accepted, including accounts and those that were in its outbox.</summary>
    public IEnumerable<(EventKey Key, long Count)> Delivered => _delivered.Rows;

    /// <summary>The dropped events. Read it after <see cref="Published"/>: a drop is counted before its event counts as published.</summary>
    public IEnumerable<(Drop Drop, long Count)> Dropped => _dropped.Select(row => (row.Key, Volatile.Read(ref row.Value.Value)));

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
            _published.Add(published);
        }
    }

    /// <summary>Counts events as delivered.</summary>
    public void CountDelivered(IReadOnlyList<QueuedEnvelope> events)
    {
        for (var i = 0; i < events.Count; i++)
        {
            CountDelivered(events[i].Envelope.Payload);
        }
    }

    /// <summary>Counts an event as delivered.</summary>
    public void CountDelivered(DataPlaneEvent delivered) => _delivered.Add(delivered);

    /// <summary>Counts an event as dropped.</summary>
    /// <param name="key">The event.</param>
    /// <param name="reason">One of <see cref="DropReasons"/>.</param>
    /// <param name="eventId">The event's id, which names its producer.</param>
    public void CountDropped(in EventKey key, string reason, Guid eventId)
    {
        if (key.EventType != DataPlaneEventType.Accounting)
        {
            var drop = new Drop(key, reason, ProducerId.NumberOf(eventId));
            Interlocked.Increment(ref CountOf(drop).Value);
        }
    }

    private StrongBox<long> CountOf(in Drop drop) => _dropped.TryGetValue(drop, out var count)
        ? count
        : _dropped.GetOrAdd(_dropped.IsFull ? drop with { Key = drop.Key.Overflow } : drop, static _ => new StrongBox<long>());

    /// <summary>Dropped events.</summary>
    /// <param name="Key">What they are.</param>
    /// <param name="Reason">One of <see cref="DropReasons"/>.</param>
    /// <param name="Producer">The number of the producer that published them, which may be that of an ended process.</param>
    internal readonly record struct Drop(EventKey Key, string Reason, ulong Producer);
}
