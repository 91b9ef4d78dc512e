using System.Collections.Concurrent;

namespace ExperimentFramework.DataPlane.PostgreSql;

/// <summary>The events of this process in the outbox, as far as it knows without asking the server. Written by one thread at a time, read by all.</summary>
internal sealed class OutboxTotals
{
    private readonly ConcurrentDictionary<string, Total> _byDestination = new(StringComparer.Ordinal);
    private long _bytes;

    /// <summary>The size of the stored events in bytes.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>The number of events stored for a destination.</summary>
    public long Count(string destination) => _byDestination.TryGetValue(destination, out var total) ? total.Count : 0;

    /// <summary>The position after the last event that is stored for a destination; 0 if none is. Adopted events have positions below 0.</summary>
    public long NextPosition(string destination) => _byDestination.TryGetValue(destination, out var total) && total.Count > 0 ? Math.Max(0, total.Last + 1) : 0;

    /// <summary>Records that events were stored or, with negative numbers, removed.</summary>
    public void Add(string destination, long count, long bytes, long last = -1)
    {
        var before = _byDestination.GetValueOrDefault(destination, new Total(0, 0, -1));
        _byDestination[destination] = new Total(before.Count + count, before.Bytes + bytes, Math.Max(before.Last, last));
        Volatile.Write(ref _bytes, _bytes + bytes);
    }

    /// <summary>Replaces all numbers with the server's counts.</summary>
    public void Set(IReadOnlyList<OutboxTotal> counted)
    {
        foreach (var destination in _byDestination.Keys)
        {
            _byDestination[destination] = new Total(0, 0, -1);
        }

        foreach (var (destination, count, bytes, last) in counted)
        {
            _byDestination[destination] = new Total(count, bytes, last);
        }

        Volatile.Write(ref _bytes, counted.Sum(total => total.Bytes));
    }

    private sealed record Total(long Count, long Bytes, long Last);
}

/// <summary>The events that an owner has stored for one destination.</summary>
/// <param name="Destination">The destination's key.</param>
/// <param name="Count">The number of events.</param>
/// <param name="Bytes">Their size in bytes.</param>
/// <param name="Last">The highest position.</param>
internal readonly record struct OutboxTotal(string Destination, long Count, long Bytes, long Last);
