using System.Collections.Concurrent;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// A dictionary whose keys an application may create without limit. Check <see cref="IsFull"/> before adding; threads that race may add a few more entries. Entries are
/// never removed.
/// </summary>
/// <typeparam name="TKey">What entries are found by.</typeparam>
/// <typeparam name="TValue">The entries.</typeparam>
/// <param name="capacity">The number of entries at which the dictionary is full.</param>
/// <param name="comparer">Compares keys; null for their own comparison.</param>
internal sealed class BoundedDictionary<TKey, TValue>(int capacity, IEqualityComparer<TKey>? comparer = null) : ConcurrentDictionary<TKey, TValue>(comparer)
    where TKey : notnull
{
    private volatile bool _isFull;

    /// <summary>Whether nothing more may be added. Once it is full, checking takes no lock; the count of a concurrent dictionary takes all of its locks.</summary>
    public bool IsFull => _isFull || (_isFull = Count >= capacity);
}
