namespace ExperimentFramework.DataPlane.Science;

/// <summary>Numbers by the keys of a stream, which may name any number: only the first ones are counted. They are few, so they are searched one after the other.</summary>
/// <param name="capacity">How many keys are counted.</param>
internal sealed class BoundedCounts<TKey>(int capacity)
    where TKey : IEquatable<TKey>
{
    private readonly List<TKey> _keys = [];
    private readonly List<long> _counts = [];

    /// <summary>All numbers together.</summary>
    public long Total => _counts.Sum();

    /// <summary>Adds to the number of a key.</summary>
    /// <returns>False if the key is new and there are too many others.</returns>
    public bool TryAdd(TKey key, long count)
    {
        var index = _keys.IndexOf(key);
        if (index < 0 && _keys.Count >= capacity)
        {
            return false;
        }

        Add(key, index, count);
        return true;
    }

    /// <summary>Adds to the number of a key, however many others there are.</summary>
    public void Add(TKey key, long count) => Add(key, _keys.IndexOf(key), count);

    /// <summary>Copies the numbers.</summary>
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
