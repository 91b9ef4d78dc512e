using System.Collections;
using System.Collections.Concurrent;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Rows of counts by keys that an application may make up, so that their number is bounded: further keys are counted together. Rows are never removed. Threads that race may
/// add a few rows more.
/// </summary>
/// <typeparam name="TKey">What rows are found by.</typeparam>
/// <typeparam name="TRow">What counts.</typeparam>
/// <param name="create">Creates a row.</param>
internal sealed class BoundedRows<TKey, TRow>(Func<TRow> create) : IEnumerable<KeyValuePair<TKey, TRow>>
    where TKey : notnull
{
    private const int MaxRows = 10_000;

    private readonly ConcurrentDictionary<TKey, TRow> _rows = new();

    /// <summary>Whether new keys are counted together: asking the dictionary for its count takes all of its locks.</summary>
    private volatile bool _isFull;

    public bool TryGet(in TKey key, out TRow? row) => _rows.TryGetValue(key, out row);

    /// <summary>Adds a row.</summary>
    /// <param name="key">The key of the row.</param>
    /// <param name="overflow">The key of the row for all further keys.</param>
    public TRow Add(in TKey key, in TKey overflow)
    {
        _isFull = _isFull || _rows.Count >= MaxRows;
        return _rows.GetOrAdd(_isFull ? overflow : key, static (_, create) => create(), create);
    }

    public IEnumerator<KeyValuePair<TKey, TRow>> GetEnumerator() => _rows.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
