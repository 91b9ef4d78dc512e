using System.Collections.Concurrent;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// The assignments that this process has read from a store. Reading takes no lock and allocates nothing. Bounded: when it is
/// full, a subject that was not asked for since the clock's hand last came by is forgotten (the CLOCK approximation of
/// least-recently-used; Corbató, "A Paging Experiment with the Multics System", 1968).
/// </summary>
internal sealed class KnownAssignments(int capacity)
{
    private readonly ConcurrentDictionary<Subject, Entry> _bySubject = new(SubjectComparer.Instance);
    private readonly Queue<Entry> _order = new();
    private readonly Lock _lock = new();

    public int Count => _bySubject.Count;

    public Entry? Find(in Subject subject)
    {
        if (!_bySubject.TryGetValue(subject, out var entry))
        {
            return null;
        }

        entry.Touch();
        return entry;
    }

    /// <summary>What is known of the subject from now on; an entry without a state where nothing was.</summary>
    public Entry FindOrAdd(in Subject subject)
    {
        if (Find(subject) is { } known)
        {
            return known;
        }

        lock (_lock)
        {
            if (_bySubject.TryGetValue(subject, out var added))
            {
                return added;
            }

            if (_order.Count == capacity)
            {
                ForgetOne();
            }

            var entry = new Entry(subject);
            _order.Enqueue(entry);
            _bySubject[subject] = entry;
            return entry;
        }
    }

    private void ForgetOne()
    {
        while (_order.TryDequeue(out var oldest))
        {
            if (!oldest.TryLeaveUnused())
            {
                _order.Enqueue(oldest);
                continue;
            }

            _bySubject.TryRemove(oldest.Subject, out _);
            return;
        }
    }

    /// <summary>One subject's assignment; replaced as a whole, so that it is never read half old and half new.</summary>
    internal sealed class Entry(Subject subject)
    {
        private State? _state;
        private bool _isUsed;

        public Subject Subject => subject;

        public State? Current => Volatile.Read(ref _state);

        /// <summary>Puts a state in the place of the current one.</summary>
        /// <returns>The state before; null where there was none.</returns>
        public State? Replace(State state) => Interlocked.Exchange(ref _state, state);

        /// <summary>Puts a state where there is none.</summary>
        /// <returns>The state that stands.</returns>
        public State Suggest(State state) => Interlocked.CompareExchange(ref _state, state, null) ?? state;

        public void Touch()
        {
            // Written once per round of the clock, so that readers on several processors don't fight for the line.
            if (!_isUsed)
            {
                _isUsed = true;
            }
        }

        public bool TryLeaveUnused()
        {
            var isUnused = !_isUsed;
            _isUsed = false;
            return isUnused;
        }
    }

    /// <summary>An assignment as it was last known.</summary>
    /// <param name="Decision">The decision to serve.</param>
    /// <param name="Origin">What it stands on.</param>
    /// <param name="Generation">The store's generation when it was read.</param>
    /// <param name="ReadAt">When it was read, on the monotonic clock.</param>
    internal sealed record State(Decision Decision, Origin Origin, long Generation, long ReadAt)
    {
        private Decision? _first;

        /// <summary>The decision that was written, with its reason, for the first call that is served it; null where it has been.</summary>
        public Decision? First
        {
            init => _first = value;
        }

        /// <summary>The decision to serve: why it was made once, and that it is kept from then on.</summary>
        public Decision Serve() => _first is null ? Decision : Interlocked.Exchange(ref _first, null) ?? Decision;
    }

    /// <summary>What a known assignment stands on.</summary>
    internal enum Origin
    {
        /// <summary>The store holds it.</summary>
        Stored,

        /// <summary>The store could not be asked.</summary>
        Provisional,

        /// <summary>The subject is named in an override.</summary>
        Override,
    }

    /// <summary>Ids tell subjects apart; types and tenants are few, and only compared.</summary>
    private sealed class SubjectComparer : IEqualityComparer<Subject>
    {
        public static readonly SubjectComparer Instance = new();

        public bool Equals(Subject x, Subject y) => x.Id == y.Id && x.Type == y.Type && x.TenantId == y.TenantId;

        public int GetHashCode(Subject subject) => string.GetHashCode(subject.Id);
    }
}
