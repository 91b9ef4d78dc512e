using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Recognises repeated exposures: remembers the assigned and served variant that were last recorded for each subject, for a fixed window on the
/// monotonic clock. Bounded: when it is full, a subject recorded longest ago is forgotten, which costs one more exposure.
/// </summary>
/// <remarks>
/// Keys are 64-bit hashes with a per-process seed, so that an outsider cannot construct colliding subjects. Writers hold a lock and make the
/// version odd while they write (a seqlock). A repeat is found without the lock, and trusted if the version is even and unchanged. It updates
/// only the entry's time; if the entry has just been reused for another subject, that subject was recorded at the same moment.
/// </remarks>
internal sealed class ExposureDeduplicator
{
    /// <summary>The maximum number of failed claims remembered.</summary>
    private const int MaxSuperseded = 1_000;

    private readonly Lock _lock = new();
    private readonly int _capacity;
    private readonly WindowTimer _clock;
    private readonly Action<int>? _onNewSubjectsOnly;

    /// <summary>The claims that were released after a later claim had taken their place, with what was recorded before them: what is restored if that one is released too.</summary>
    private readonly Dictionary<(ulong Key, long Pair, long RecordedAt), (long Pair, long RecordedAt)> _superseded = [];
    private readonly long _seed = unchecked((long)RandomSeed.Draw());

    private DeduplicationTable _table;
    private int _version;

    /// <summary>Whether a subject has returned, or that none did has been reported.</summary>
    private bool _isSettled;

    /// <param name="capacity">The maximum number of subjects remembered.</param>
    /// <param name="clock">The clock of the window.</param>
    /// <param name="onNewSubjectsOnly">
    /// Called once, with their number, if none of the first subjects returned: <see cref="SubjectDiagnostics.MaxNewSubjects"/>, or as many as can be remembered.
    /// </param>
    public ExposureDeduplicator(int capacity, WindowTimer clock, Action<int>? onNewSubjectsOnly = null)
    {
        _capacity = capacity;
        _clock = clock;
        _onNewSubjectsOnly = onNewSubjectsOnly;
        _table = new DeduplicationTable(Math.Min(capacity, DeduplicationTable.SmallestCapacity));
    }

    /// <summary>The number of subjects remembered.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _table.Count;
            }
        }
    }

    /// <summary>The current time on the window's clock.</summary>
    public long Now => _clock.Now;

    /// <summary>Returns whether the exposure would be a repeat now, as far as can be known without claiming it.</summary>
    public bool IsRepeat(in Subject subject, int assigned, int served) =>
        !Unsafe.IsNullRef(ref FindRepeat(KeyOf(subject), Pair(assigned, served), Now));

    /// <summary>
    /// Checks whether the exposure has been recorded inside the window. If it has not, the caller now holds the claim and must record
    /// it.
    /// </summary>
    /// <param name="subject">The subject.</param>
    /// <param name="assigned">The variant it was assigned.</param>
    /// <param name="served">The variant it was served.</param>
    /// <param name="now">The time of the exposure, on the clock of <see cref="Now"/>.</param>
    /// <param name="refreshOnRepeat">Whether a repeat is recorded too and restarts the window.</param>
    public DeduplicationClaim Claim(in Subject subject, int assigned, int served, long now, bool refreshOnRepeat)
    {
        var key = KeyOf(subject);
        var pair = Pair(assigned, served);
        ref var repeated = ref FindRepeat(key, pair, now);
        if (!Unsafe.IsNullRef(ref repeated))
        {
            var previous = repeated.LastRecordedAt;
            if (refreshOnRepeat)
            {
                repeated.Refresh(now);
            }

            return new DeduplicationClaim(IsRepeat: true, key, pair, pair, previous, refreshOnRepeat ? now : previous);
        }

        DeduplicationClaim claim;
        bool hasOnlyNew;
        lock (_lock)
        {
            claim = Claim(key, pair, now, refreshOnRepeat);
            hasOnlyNew = !_isSettled && _table.Count == Math.Min(_capacity, SubjectDiagnostics.MaxNewSubjects);
            _isSettled |= hasOnlyNew;
        }

        if (hasOnlyNew)
        {
            // Outside the lock, because it writes to the log.
            _onNewSubjectsOnly?.Invoke(Math.Min(_capacity, SubjectDiagnostics.MaxNewSubjects));
        }

        return claim;
    }

    /// <summary>Claims the exposure. The caller holds the lock.</summary>
    private DeduplicationClaim Claim(ulong key, long pair, long now, bool refreshOnRepeat)
    {
        ref var entry = ref _table.Find(key);
        if (Unsafe.IsNullRef(ref entry))
        {
            Add(key, pair, now);
            return new DeduplicationClaim(IsRepeat: false, key, pair, DeduplicationClaim.NothingBefore, 0, now);
        }

        _isSettled = true;
        var isFresh = _clock.IsOpen(entry.LastRecordedAt, now);
        var isRepeat = isFresh && entry.Pair == pair;
        if (isRepeat && !refreshOnRepeat)
        {
            return new DeduplicationClaim(IsRepeat: true, key, pair, pair, entry.LastRecordedAt, entry.LastRecordedAt);
        }

        var claim = new DeduplicationClaim(isRepeat, key, pair, isFresh ? entry.Pair : DeduplicationClaim.NothingBefore, entry.LastRecordedAt, now);
        BeginWrite();
        entry.Pair = pair;
        entry.LastRecordedAt = now;
        EndWrite();
        return claim;
    }

    /// <summary>Releases the claim of an exposure that could not be recorded, and restores the entry from before the claim.</summary>
    public void Release(in DeduplicationClaim claim)
    {
        lock (_lock)
        {
            ref var entry = ref _table.Find(claim.Key);
            if (Unsafe.IsNullRef(ref entry))
            {
                return;
            }

            if (entry.Pair != claim.Pair || entry.LastRecordedAt != claim.LastRecordedAt)
            {
                AddSuperseded(claim);
                return;
            }

            var before = (Pair: claim.PairBefore, RecordedAt: claim.PreviousRecordedAt);
            while (_superseded.Remove((claim.Key, before.Pair, before.RecordedAt), out var earlier))
            {
                before = earlier;
            }

            BeginWrite();
            if (before.Pair == DeduplicationClaim.NothingBefore)
            {
                _table.Remove(claim.Key);
            }
            else
            {
                (entry.Pair, entry.LastRecordedAt) = before;
            }

            EndWrite();
        }
    }

    /// <summary>Forgets the subject.</summary>
    public void Forget(in Subject subject)
    {
        var key = KeyOf(subject);
        lock (_lock)
        {
            if (!Unsafe.IsNullRef(ref _table.Find(key)))
            {
                BeginWrite();
                _table.Remove(key);
                EndWrite();
            }
        }
    }

    /// <summary>Remembers that a claim failed although a later one has its place. Rare: it takes two different exposures of a subject while the queue is full.</summary>
    private void AddSuperseded(in DeduplicationClaim claim)
    {
        if (_superseded.Count == MaxSuperseded)
        {
            // Those whose later claim was recorded stay until here.
            _superseded.Clear();
        }

        _superseded[(claim.Key, claim.Pair, claim.LastRecordedAt)] = (claim.PairBefore, claim.PreviousRecordedAt);
    }

    /// <summary>Finds the entry that this exposure repeats, without a lock.</summary>
    /// <returns>A null reference if there is none, or if a concurrent write makes it uncertain.</returns>
    private ref DeduplicationTable.Entry FindRepeat(ulong key, long pair, long now)
    {
        var version = Volatile.Read(ref _version);
        if ((version & 1) == 0)
        {
            ref var entry = ref Volatile.Read(ref _table).Peek(key);
            if (!Unsafe.IsNullRef(ref entry) && entry.Pair == pair && _clock.IsOpen(entry.LastRecordedAt, now))
            {
                Volatile.ReadBarrier();
                if (Volatile.Read(ref _version) == version)
                {
                    NoteReturn();
                    return ref entry;
                }
            }
        }

        return ref Unsafe.NullRef<DeduplicationTable.Entry>();
    }

    /// <summary>Records that a subject has returned. Writes only once, because every repeat passes here.</summary>
    private void NoteReturn()
    {
        if (!_isSettled)
        {
            _isSettled = true;
        }
    }

    private ulong KeyOf(in Subject subject)
    {
        var key = Hash(subject.Id!, _seed);
        key = subject.Type is null ? key : Hash(subject.Type, (long)key);
        key = subject.TenantId is null ? key : Hash(subject.TenantId, (long)~key);
        return key == 0 ? 1 : key;
    }

    private void Add(ulong key, long pair, long now)
    {
        BeginWrite();
        if (_table.Count == _capacity)
        {
            _table.Replace(key, pair, now);
        }
        else
        {
            if (_table.IsFull)
            {
                // Published as a whole: a reader without the lock sees the old table or the new one.
                Volatile.Write(ref _table, _table.Grow(_capacity));
            }

            _table.Add(key, pair, now);
        }

        EndWrite();
    }

    private void BeginWrite()
    {
        Volatile.Write(ref _version, _version + 1);
        Volatile.WriteBarrier();
    }

    private void EndWrite() => Volatile.Write(ref _version, _version + 1);

    private static long Pair(int assigned, int served) => ((long)assigned << 32) | (uint)served;

    private static ulong Hash(string text, long seed) => XxHash3.HashToUInt64(MemoryMarshal.AsBytes(text.AsSpan()), seed);
}
