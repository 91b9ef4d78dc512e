namespace ExperimentFramework.DataPlane;

/// <summary>
/// Stores assignments in the memory of this process. Bounded: when the store is full, the least recently used assignment is evicted.
/// </summary>
public sealed class InMemoryAssignmentStore : IAssignmentStore
{
    /// <summary>The default capacity: 100,000 assignments.</summary>
    public const int DefaultCapacity = 100_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<AssignmentKey, LinkedListNode<Item>> _byKey = [];
    private readonly LinkedList<Item> _leastRecentFirst = new();
    private readonly int _capacity;
    private long _evicted;

    /// <summary>Creates a store.</summary>
    /// <param name="capacity">The maximum number of assignments: at least 1. Default: 100,000.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="capacity"/> is less than 1.</exception>
    public InMemoryAssignmentStore(int capacity = DefaultCapacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        _capacity = capacity;
    }

    /// <summary>Gets false: each process has its own store.</summary>
    public bool IsShared => false;

    /// <summary>Gets the capacity, the number of stored assignments, and the number of assignments evicted so far.</summary>
    public IReadOnlyDictionary<string, object> Diagnostics
    {
        get
        {
            lock (_lock)
            {
                return new Dictionary<string, object>
                {
                    ["capacity"] = _capacity,
                    ["count"] = _byKey.Count,
                    ["forgotten"] = _evicted,
                };
            }
        }
    }

    /// <inheritdoc/>
    public StoredAssignment? Find(in AssignmentKey key, TimeSpan timeout)
    {
        lock (_lock)
        {
            return Use(key);
        }
    }

    /// <inheritdoc/>
    public ValueTask<StoredAssignment?> FindAsync(AssignmentKey key, CancellationToken cancellationToken = default) =>
        cancellationToken.IsCancellationRequested ? ValueTask.FromCanceled<StoredAssignment?>(cancellationToken) : ValueTask.FromResult(Find(key, Timeout.InfiniteTimeSpan));

    /// <inheritdoc/>
    public StoredAssignment? Assign(in AssignmentKey key, StoredAssignment candidate, StoredAssignment? expected, TimeSpan timeout)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        lock (_lock)
        {
            var existing = Use(key);
            if (existing is not null && existing != expected)
            {
                return existing;
            }

            Put(key, candidate);
            return null;
        }
    }

    /// <inheritdoc/>
    public ValueTask<StoredAssignment?> AssignAsync(
        AssignmentKey key, StoredAssignment candidate, StoredAssignment? expected, CancellationToken cancellationToken = default) =>
        cancellationToken.IsCancellationRequested
            ? ValueTask.FromCanceled<StoredAssignment?>(cancellationToken)
            : ValueTask.FromResult(Assign(key, candidate, expected, Timeout.InfiniteTimeSpan));

    /// <inheritdoc/>
    public ValueTask<long> ForgetAsync(
        string subjectId, string? subjectType = null, string? tenantId = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(subjectId);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            var deleted = _byKey.Keys.Where(key => key == new AssignmentKey(key.ExperimentName, subjectId, subjectType, tenantId)).ToArray();
            foreach (var key in deleted)
            {
                _byKey.Remove(key, out var node);
                _leastRecentFirst.Remove(node!);
            }

            return ValueTask.FromResult((long)deleted.Length);
        }
    }

    private StoredAssignment? Use(in AssignmentKey key)
    {
        if (!_byKey.TryGetValue(key, out var node))
        {
            return null;
        }

        _leastRecentFirst.Remove(node);
        _leastRecentFirst.AddLast(node);
        return node.Value.Assignment;
    }

    private void Put(in AssignmentKey key, StoredAssignment assignment)
    {
        if (_byKey.TryGetValue(key, out var node))
        {
            node.Value = new Item(key, assignment);
            return;
        }

        if (_byKey.Count == _capacity)
        {
            _byKey.Remove(_leastRecentFirst.First!.Value.Key);
            _leastRecentFirst.RemoveFirst();
            _evicted++;
        }

        _byKey[key] = _leastRecentFirst.AddLast(new Item(key, assignment));
    }

    private sealed record Item(AssignmentKey Key, StoredAssignment Assignment);
}
