using System.Collections.Concurrent;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// A dictionary of keys that an application may make up without end. Whoever adds to it asks <see cref="IsFull"/> first, and threads that race may add a few entries more. Entries are
/// never removed.
/// </summary>
/// <typeparam name="TKey">What entries are found by.</typeparam>
/// <typeparam name="TValue">The entries.</typeparam>
/// <param name="capacity">The number of entries from which on the dictionary is full.</param>
/// <param name="comparer">Compares keys; null for their own comparison.</param>
internal sealed class BoundedDictionary<TKey, TValue>(int capacity, IEqualityComparer<TKey>? comparer = null) : ConcurrentDictionary<TKey, TValue>(comparer)
    where TKey : notnull
{
    private volatile bool _isFull;

    /// <summary>Whether nothing is to be added. Once it is, no lock is taken to find out; the count of a concurrent dictionary takes all of its locks.</summary>
    public bool IsFull => _isFull || (_isFull = Count >= capacity);
}
