namespace ExperimentFramework.DataPlane.Science;

/// <summary>Counts by key, for keys that come from a stream and could be any number: only the first <paramref name="capacity"/> keys are counted. The list is short, so it is searched linearly.</summary>
/// <param name="capacity">How many keys are counted.</param>
internal sealed class BoundedCounts<TKey>(int capacity)
    where TKey : IEquatable<TKey>
{
    private readonly List<TKey> _keys = [];
    private readonly List<long> _counts = [];
    private int _latest;

    /// <summary>The sum of all counts.</summary>
    public long Total => _counts.Sum();

    /// <summary>Adds to the count of a key.</summary>
    /// <returns>False if the key is new and the capacity is exhausted.</returns>
    public bool TryAdd(TKey key, long count)
    {
        // Most keys of a stream are the one before.
        var index = _latest < _keys.Count && key.Equals(_keys[_latest]) ? _latest : _keys.IndexOf(key);
        if (index < 0 && _keys.Count >= capacity)
        {
            return false;
        }

        _latest = index < 0 ? _keys.Count : index;

        Add(key, index, count);
        return true;
    }

    /// <summary>Adds to the count of a key, even beyond the capacity.</summary>
    public void Add(TKey key, long count) => Add(key, _keys.IndexOf(key), count);

    /// <summary>Copies the counts.</summary>
    public Dictionary<TKey, long> ToDictionary() => _keys.Zip(_counts).ToDictionary();

    private void Add(TKey key, int index, long count)
    {
        if (index < 0)
        {
            _keys.Add(key);
            _counts.Add(count);
            return;
        }

        _counts[index] += count;
    }
}
