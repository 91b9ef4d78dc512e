namespace ExperimentFramework.DataPlane;

/// <summary>
/// The assignments that this process has read from a store. Reading takes no lock and allocates nothing. Bounded: when it is
/// full, a subject that was not asked for since the clock's hand last came by is forgotten (the CLOCK approximation of
/// least-recently-used; Corbató, "A Paging Experiment with the Multics System", 1968).
/// </summary>
internal sealed class AssignmentCache(int capacity)
{
    private readonly SubjectMap<Entry> _entries = new();
    private readonly Queue<Subject> _order = new();
    private readonly Lock _lock = new();

    /// <summary>What is known of the subject; null for nothing.</summary>
    public Entry? Find(in Subject subject)
    {
        if (!_entries.TryGet(subject, out var state))
        {
            return null;
        }

        state.MarkUsed();
        return state;
    }

    /// <summary>Puts a state in the place of the subject's current one.</summary>
    /// <returns>The state before; null where there was none.</returns>
    public Entry? Replace(in Subject subject, Entry state)
    {
        lock (_lock)
        {
            if (Find(subject) is not { } before)
            {
                Add(subject, state);
                return null;
            }

            state.MarkUsed();
            _entries.Set(subject, state);
            return before;
        }
    }

    /// <summary>Puts a state where there is none.</summary>
    /// <returns>The state that stands.</returns>
    public Entry GetOrAdd(in Subject subject, Entry state)
    {
        lock (_lock)
        {
            if (Find(subject) is { } standing)
            {
                return standing;
            }

            Add(subject, state);
            return state;
        }
    }

    /// <summary>Gives a state another time, if it is still the subject's.</summary>
    public void Renew(in Subject subject, Entry state, long readAt)
    {
        lock (_lock)
        {
            if (ReferenceEquals(Find(subject), state) && state.ReadAt != readAt)
            {
                _entries.Set(subject, state with { ReadAt = readAt });
            }
        }
    }

    /// <summary>Forgets the subject.</summary>
    public void Forget(in Subject subject)
    {
        // Its place in the order stays until the hand reaches it, and is found empty or taken again.
        lock (_lock)
        {
            _entries.Remove(subject);
        }
    }

    private void Add(in Subject subject, Entry state)
    {
        if (_order.Count == capacity)
        {
            EvictOne();
        }

        _order.Enqueue(subject);
        _entries.Set(subject, state);
    }

    private void EvictOne()
    {
        while (_order.TryDequeue(out var oldest))
        {
            if (_entries.TryGet(oldest, out var state) && !state.TryEvict())
            {
                _order.Enqueue(oldest);
                continue;
            }

            _entries.Remove(oldest);
            return;
        }
    }

    /// <summary>An assignment as it was last known; replaced as a whole, so that it is never read half old and half new.</summary>
    /// <param name="Decision">The decision to serve.</param>
    /// <param name="Provenance">What it stands on.</param>
    /// <param name="Generation">The store's generation when it was read.</param>
    /// <param name="ReadAt">When it was read, on the monotonic clock.</param>
    internal sealed record Entry(Decision Decision, Provenance Provenance, long Generation, long ReadAt)
    {
        private Decision? _first;
        private bool _isUsed;

        /// <summary>The decision that was written, with its reason, for the first call that is served it; null where it has been.</summary>
        public Decision? First
        {
            init => _first = value;
        }

        /// <summary>The decision to serve: why it was made once, and that it is kept from then on.</summary>
        public Decision Serve() => _first is null ? Decision : Interlocked.Exchange(ref _first, null) ?? Decision;

        public void MarkUsed()
        {
            // Written once per round of the clock, so that readers on several processors don't fight for the line.
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

    /// <summary>What a known assignment stands on.</summary>
    internal enum Provenance
    {
        /// <summary>The store holds it.</summary>
        Stored,

        /// <summary>The store could not be asked.</summary>
        Provisional,

        /// <summary>The subject is named in an override.</summary>
        Override,
    }
}
