namespace ExperimentFramework.DataPlane;

/// <summary>
/// Keeps assignments in the memory of this process. Bounded: when it is full, the subject used least recently is forgotten.
/// </summary>
public sealed class InMemoryAssignmentStore : IAssignmentStore
{
    /// <summary>How many assignments are kept where nothing else is said: 100,000.</summary>
    public const int DefaultCapacity = 100_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<AssignmentKey, LinkedListNode<Kept>> _byKey = [];
    private readonly LinkedList<Kept> _leastRecentFirst = new();
    private readonly int _capacity;
    private long _forgotten;

    /// <summary>Creates a store.</summary>
    /// <param name="capacity">How many assignments are kept: at least 1. Default: 100,000.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="capacity"/> is less than 1.</exception>
    public InMemoryAssignmentStore(int capacity = DefaultCapacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        _capacity = capacity;
    }

    /// <summary>False: every process has its own.</summary>
    public bool IsShared => false;

    /// <summary>The capacity, how many assignments are kept, and how many have been forgotten.</summary>
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
                    ["forgotten"] = _forgotten,
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
        ValueTask.FromResult(Find(key, Timeout.InfiniteTimeSpan));

    /// <inheritdoc/>
    public StoredAssignment? Assign(in AssignmentKey key, StoredAssignment candidate, StoredAssignment? expected, TimeSpan timeout)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        lock (_lock)
        {
            var standing = Use(key);
            if (standing is not null && standing != expected)
            {
                return standing;
            }

            Put(key, candidate);
            return null;
        }
    }

    /// <inheritdoc/>
    public ValueTask<StoredAssignment?> AssignAsync(
        AssignmentKey key, StoredAssignment candidate, StoredAssignment? expected, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(Assign(key, candidate, expected, Timeout.InfiniteTimeSpan));

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
            node.Value = new Kept(key, assignment);
            return;
        }

        if (_byKey.Count == _capacity)
        {
            _byKey.Remove(_leastRecentFirst.First!.Value.Key);
            _leastRecentFirst.RemoveFirst();
            _forgotten++;
        }

        _byKey[key] = _leastRecentFirst.AddLast(new Kept(key, assignment));
    }

    private sealed record Kept(AssignmentKey Key, StoredAssignment Assignment);
}
