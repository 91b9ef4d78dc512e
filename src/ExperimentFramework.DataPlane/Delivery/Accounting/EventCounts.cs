using System.Runtime.CompilerServices;

namespace ExperimentFramework.DataPlane;

/// <summary>Counts events by experiment, variant and category. Counting an event of a known row allocates nothing.</summary>
internal sealed class EventCounts
{
    private const int RecentRows = 16;

    private readonly BoundedDictionary<EventKey, Row> _rows = new(EventKey.MaxRows);

    /// <summary>The rows that were counted last: finding one takes no hash of its strings.</summary>
    private readonly Row?[] _recent = new Row?[RecentRows];

    /// <summary>The counts. Experiments beyond <see cref="EventKey.MaxRows"/> are counted together.</summary>
    public IEnumerable<(EventKey Key, long Count)> Rows => _rows.Select(row => (row.Key, Volatile.Read(ref row.Value.Count)));

    /// <summary>Counts an event.</summary>
    public void Add(DataPlaneEvent counted) => Interlocked.Increment(ref RowOf(EventKey.Of(counted)).Count);

    private Row RowOf(in EventKey key)
    {
        var slot = (RuntimeHelpers.GetHashCode(key.Variant) + (int)key.EventType) & (RecentRows - 1);
        if (_recent[slot] is { } recent && recent.Key == key)
        {
            return recent;
        }

        if (!_rows.TryGetValue(key, out var row))
        {
            row = _rows.GetOrAdd(_rows.IsFull ? key.Overflow : key, static added => new Row(added));
        }

        _recent[slot] = row;
        return row;
    }

    private sealed class Row(EventKey key)
    {
        public long Count;

        public EventKey Key => key;
    }
}
