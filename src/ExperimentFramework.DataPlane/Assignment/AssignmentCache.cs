namespace ExperimentFramework.DataPlane;

/// <summary>
/// Caches the assignments that this process has read from a store. Reading takes no lock and allocates nothing. Bounded: when the cache is
/// full, a subject that was not used since the clock hand last passed it is evicted (CLOCK, an approximation of LRU; Corbató,
/// "A Paging Experiment with the Multics System", 1968).
/// </summary>
internal sealed class AssignmentCache(int capacity)
{
    private readonly SubjectMap<Entry> _entries = new();
    private readonly Queue<Subject> _order = new();
    private readonly Lock _lock = new();

    /// <summary>Returns the subject's entry; null if there is none.</summary>
    public Entry? Find(in Subject subject)
    {
        if (!_entries.TryGet(subject, out var entry))
        {
            return null;
        }

        entry.MarkUsed();
        return entry;
    }

    /// <summary>Sets the subject's entry.</summary>
    /// <returns>The previous entry; null if there was none.</returns>
    public Entry? Replace(in Subject subject, Entry entry)
    {
        lock (_lock)
        {
            if (Find(subject) is not { } previous)
            {
                Add(subject, entry);
                return null;
            }

            entry.MarkUsed();
            _entries.Set(subject, entry);
            return previous;
        }
    }

    /// <summary>Adds an entry if the subject has none.</summary>
    /// <returns>The subject's entry: the existing one or the one added.</returns>
    public Entry GetOrAdd(in Subject subject, Entry entry)
    {
        lock (_lock)
        {
            if (Find(subject) is { } existing)
            {
                return existing;
            }

            Add(subject, entry);
            return entry;
        }
    }

    /// <summary>Updates the read time of an entry, if it is still the subject's.</summary>
    public void Renew(in Subject subject, Entry entry, long readAt)
    {
        lock (_lock)
        {
            if (ReferenceEquals(Find(subject), entry) && entry.ReadAt != readAt)
            {
                _entries.Set(subject, entry with { ReadAt = readAt });
            }
        }
    }

    /// <summary>Forgets the subject.</summary>
    public void Forget(in Subject subject)
    {
        // Its position in the order remains until the clock hand reaches it, and is then unused or reused.
        lock (_lock)
        {
            _entries.Remove(subject);
        }
    }

    private void Add(in Subject subject, Entry entry)
    {
        if (_order.Count == capacity)
        {
            EvictOne();
        }

        _order.Enqueue(subject);
        _entries.Set(subject, entry);
    }

    private void EvictOne()
    {
        while (_order.TryDequeue(out var oldest))
        {
            if (_entries.TryGet(oldest, out var entry) && !entry.TryEvict())
            {
                _order.Enqueue(oldest);
                continue;
            }

            _entries.Remove(oldest);
            return;
        }
    }

    /// <summary>A cached assignment; replaced as a whole, so that readers never see a mix of old and new values.</summary>
    /// <param name="Decision">The decision to serve.</param>
    /// <param name="Provenance">Where the assignment came from.</param>
    /// <param name="Generation">The store's generation when the assignment was read.</param>
    /// <param name="ReadAt">When the assignment was read, on the monotonic clock.</param>
    internal sealed record Entry(Decision Decision, Provenance Provenance, long Generation, long ReadAt)
    {
        private Decision? _first;
        private bool _isUsed;

        /// <summary>The decision as it was written, with its original reason, for the first call that it is served to; null once it has been served.</summary>
        public Decision? First
        {
            init => _first = value;
        }

        /// <summary>Whether the store could not say what the subject had before an override, so that it is asked again.</summary>
        public bool IsPreviousUnknown { get; init; }

        /// <summary>Returns the decision to serve: with its original reason the first time, as sticky from then on.</summary>
        public Decision Serve() => _first is null ? Decision : Interlocked.Exchange(ref _first, null) ?? Decision;

        public void MarkUsed()
        {
            // Written once per round of the clock, so that readers on several processors do not contend for the cache line.
            if (!_isUsed)
            {
                _isUsed = true;
            }
        }

        public bool TryEvict()
        {
            var isUnused = !_isUsed;
            _isUsed = false;
            return isUnused;
        }
    }

    /// <summary>Where a cached assignment came from.</summary>
    internal enum Provenance
    {
        /// <summary>The store holds the assignment.</summary>
        Stored,

        /// <summary>The store was unavailable.</summary>
        Provisional,

        /// <summary>The subject has an override.</summary>
        Override,

        /// <summary>There is no assignment: the store has none or did not answer, and the selector failed, so that nothing may be kept. The decision is not served.</summary>
        None,
    }
}
