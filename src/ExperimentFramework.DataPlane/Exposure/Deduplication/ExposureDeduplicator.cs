using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// The last exposure told of each subject: its assigned and served variant, for a fixed window on the monotonic clock.
/// Bounded: when it is full a subject told longest ago is forgotten, which costs one more exposure.
/// </summary>
/// <remarks>
/// Keys are 64-bit hashes under a seed of this process, so that nobody outside can construct subjects that collide. Writers hold a lock and
/// make the version odd while they write; a repeat is found without the lock and believed where the version is even and still the same. It
/// changes nothing but the entry's time, and when that meets an entry that has just become another subject's, that one was told at the same
/// moment.
/// </remarks>
internal sealed class ExposureDeduplicator
{
    private readonly Lock _lock = new();
    private readonly int _capacity;
    private readonly WindowTimer _clock;
    private readonly Action? _recordsOnlyNewSubjects;
    private readonly long _seed = unchecked((long)RandomSeed.Draw());

    private DeduplicationTable _table;
    private int _version;

    /// <summary>Whether any subject came back, or that none did has been noted.</summary>
    private bool _isSettled;

    /// <param name="capacity">How many subjects are remembered.</param>
    /// <param name="clock">The clock of the window.</param>
    /// <param name="onlyNewSubjects">Called once where none of the first <see cref="SubjectDiagnostics.MaxNewSubjects"/> subjects came back; null for nobody.</param>
    public ExposureDeduplicator(int capacity, WindowTimer clock, Action? onlyNewSubjects = null)
    {
        _capacity = capacity;
        _clock = clock;
        _recordsOnlyNewSubjects = onlyNewSubjects;
        _table = new DeduplicationTable(Math.Min(capacity, DeduplicationTable.SmallestCapacity));
    }

    /// <summary>How many subjects are remembered.</summary>
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

    /// <summary>The clock of the window.</summary>
    public long Now => _clock.Now;

    /// <summary>Whether the exposure would be a repeat now, as far as can be known without claiming it.</summary>
    public bool IsRepeat(in Subject subject, int assigned, int served) =>
        !Unsafe.IsNullRef(ref FindRepeat(KeyOf(subject), Pair(assigned, served), Now));

    /// <summary>
    /// Asks whether the exposure has been told inside the window. Where it hasn't, the caller has claimed it: it is the one
    /// that tells it.
    /// </summary>
    /// <param name="subject">The subject.</param>
    /// <param name="assigned">The variant it was assigned.</param>
    /// <param name="served">The variant that answered.</param>
    /// <param name="now">When it did, on this memory's clock.</param>
    /// <param name="refreshOnRepeat">Whether a repeat is told too, so that the window starts anew with it.</param>
    public DeduplicationClaim Claim(in Subject subject, int assigned, int served, long now, bool refreshOnRepeat)
    {
        var key = KeyOf(subject);
        var pair = Pair(assigned, served);
        ref var repeated = ref FindRepeat(key, pair, now);
        if (!Unsafe.IsNullRef(ref repeated))
        {
            var before = repeated.LastRecordedAt;
            if (refreshOnRepeat)
            {
                repeated.Refresh(now);
            }

            return new DeduplicationClaim(IsRepeat: true, key, pair, pair, before, refreshOnRepeat ? now : before);
        }

        DeduplicationClaim claim;
        bool hasOnlyNew;
        lock (_lock)
        {
            claim = Claim(key, pair, now, refreshOnRepeat);
            hasOnlyNew = !_isSettled && _table.Count == SubjectDiagnostics.MaxNewSubjects;
            _isSettled |= hasOnlyNew;
        }

        if (hasOnlyNew)
        {
            // Outside the lock: it writes a log line.
            _recordsOnlyNewSubjects?.Invoke();
        }

        return claim;
    }

    /// <summary>Claims under the lock.</summary>
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

    /// <summary>Takes a claim back that could not be told: what was known before is known again.</summary>
    public void Release(in DeduplicationClaim claim)
    {
        lock (_lock)
        {
            ref var entry = ref _table.Find(claim.Key);
            if (Unsafe.IsNullRef(ref entry) || entry.Pair != claim.Pair || entry.LastRecordedAt != claim.LastRecordedAt)
            {
                return;
            }

            BeginWrite();
            if (claim.PairBefore == DeduplicationClaim.NothingBefore)
            {
                _table.Remove(claim.Key);
            }
            else
            {
                entry.Pair = claim.PairBefore;
                entry.LastRecordedAt = claim.PreviousRecordedAt;
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

    /// <summary>Looks for an exposure that this one repeats, without a lock.</summary>
    /// <returns>A null reference where there is none, or where that is not certain.</returns>
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

    /// <summary>Notes that a subject came back; written once, because every repeat passes here.</summary>
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
                // Published whole: a reader without the lock has the old table or the new one.
                Volatile.Write(ref _table, _table.Grown(_capacity));
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
