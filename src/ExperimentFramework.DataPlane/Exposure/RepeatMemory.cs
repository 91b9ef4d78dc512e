using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// The last exposure told of each subject: its assigned and served variant, for a fixed window on the monotonic clock.
/// Bounded: when it is full the subject told longest ago is forgotten, which costs one more exposure.
/// </summary>
/// <remarks>
/// Entries stand in a hash table with chains and, threaded through the same slots, in the order they were told. Keys are
/// 64-bit hashes under a seed of this process, so that nobody outside can construct subjects that collide.
/// </remarks>
internal sealed class RepeatMemory
{
    private const int None = -1;
    private const int FirstSize = 16;

    private readonly Lock _lock = new();
    private readonly int _capacity;
    private readonly TimeProvider _time;
    private readonly long _windowTicks;
    private readonly long _seed = unchecked((long)RandomSeed.Draw());

    private int[] _buckets = NewBuckets(FirstSize);
    private Entry[] _entries = new Entry[FirstSize];
    private int _count;
    private int _free = None;
    private int _oldest = None;
    private int _newest = None;

    public RepeatMemory(int capacity, TimeSpan window, TimeProvider time)
    {
        _capacity = capacity;
        _time = time;
        _windowTicks = checked((long)(window.TotalSeconds * time.TimestampFrequency));
    }

    /// <summary>How many subjects are remembered.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _count;
            }
        }
    }

    /// <summary>
    /// Asks whether the exposure has been told inside the window. Where it hasn't, the caller has claimed it: it is the one
    /// that tells it.
    /// </summary>
    /// <param name="subject">The subject.</param>
    /// <param name="assigned">The variant it was assigned.</param>
    /// <param name="served">The variant that answered.</param>
    /// <param name="tellsRepeats">Whether a repeat is told too, so that the window starts anew with it.</param>
    public RepeatClaim Claim(in Subject subject, int assigned, int served, bool tellsRepeats)
    {
        var key = KeyOf(subject);
        var pair = Pair(assigned, served);
        var now = _time.GetTimestamp();
        lock (_lock)
        {
            var slot = Find(key);
            if (slot == None)
            {
                Tell(Add(key), pair, now);
                return new RepeatClaim(IsRepeat: false, key, pair, RepeatClaim.NothingBefore, 0, now);
            }

            ref var entry = ref _entries[slot];
            var isFresh = now - entry.ToldAt < _windowTicks;
            var isRepeat = isFresh && entry.Pair == pair;
            if (isRepeat && !tellsRepeats)
            {
                return new RepeatClaim(IsRepeat: true, key, pair, pair, entry.ToldAt, entry.ToldAt);
            }

            var claim = new RepeatClaim(isRepeat, key, pair, isFresh ? entry.Pair : RepeatClaim.NothingBefore, entry.ToldAt, now);
            Unthread(slot);
            Tell(slot, pair, now);
            return claim;
        }
    }

    /// <summary>Takes a claim back that could not be told: what was known before is known again.</summary>
    public void Release(in RepeatClaim claim)
    {
        lock (_lock)
        {
            var slot = Find(claim.Key);
            if (slot == None || _entries[slot].Pair != claim.Pair || _entries[slot].ToldAt != claim.ToldAt)
            {
                return;
            }

            if (claim.PairBefore == RepeatClaim.NothingBefore)
            {
                Remove(slot);
                return;
            }

            // Back with its own time: it stays at the young end of the order and is forgotten a little late at worst.
            _entries[slot].Pair = claim.PairBefore;
            _entries[slot].ToldAt = claim.ToldAtBefore;
        }
    }

    private static long Pair(int assigned, int served) => ((long)assigned << 32) | (uint)served;

    private ulong KeyOf(in Subject subject)
    {
        var key = Hash(subject.Id!, _seed);
        key = subject.Type is null ? key : Hash(subject.Type, (long)key);
        return subject.TenantId is null ? key : Hash(subject.TenantId, (long)~key);
    }

    private static ulong Hash(string text, long seed) => XxHash3.HashToUInt64(MemoryMarshal.AsBytes(text.AsSpan()), seed);

    private int Find(ulong key)
    {
        for (var slot = _buckets[Bucket(key)]; slot != None; slot = _entries[slot].NextInBucket)
        {
            if (_entries[slot].Key == key)
            {
                return slot;
            }
        }

        return None;
    }

    private int Add(ulong key)
    {
        if (_count == _capacity)
        {
            Remove(_oldest);
        }

        if (_free == None && _count == _entries.Length)
        {
            Grow();
        }

        int slot;
        if (_free == None)
        {
            slot = _count;
        }
        else
        {
            slot = _free;
            _free = _entries[slot].NextInBucket;
        }

        _count++;
        ref var bucket = ref _buckets[Bucket(key)];
        _entries[slot].Key = key;
        _entries[slot].NextInBucket = bucket;
        bucket = slot;
        return slot;
    }

    private void Tell(int slot, long pair, long now)
    {
        ref var entry = ref _entries[slot];
        entry.Pair = pair;
        entry.ToldAt = now;
        entry.Older = _newest;
        entry.Newer = None;
        if (_newest == None)
        {
            _oldest = slot;
        }
        else
        {
            _entries[_newest].Newer = slot;
        }

        _newest = slot;
    }

    private void Unthread(int slot)
    {
        var entry = _entries[slot];
        if (entry.Older == None)
        {
            _oldest = entry.Newer;
        }
        else
        {
            _entries[entry.Older].Newer = entry.Newer;
        }

        if (entry.Newer == None)
        {
            _newest = entry.Older;
        }
        else
        {
            _entries[entry.Newer].Older = entry.Older;
        }
    }

    private void Remove(int slot)
    {
        Unthread(slot);
        ref var link = ref _buckets[Bucket(_entries[slot].Key)];
        while (link != slot)
        {
            link = ref _entries[link].NextInBucket;
        }

        link = _entries[slot].NextInBucket;
        _entries[slot].NextInBucket = _free;
        _free = slot;
        _count--;
    }

    private void Grow()
    {
        var size = (int)Math.Min((long)_entries.Length * 2, Math.Max(_capacity, FirstSize));
        Array.Resize(ref _entries, size);
        _buckets = NewBuckets(size);
        for (var slot = 0; slot < _count; slot++)
        {
            ref var bucket = ref _buckets[Bucket(_entries[slot].Key)];
            _entries[slot].NextInBucket = bucket;
            bucket = slot;
        }
    }

    private int Bucket(ulong key) => (int)Math.BigMul(key, (ulong)_buckets.Length, out _);

    private static int[] NewBuckets(int size)
    {
        var buckets = new int[size];
        Array.Fill(buckets, None);
        return buckets;
    }

    private struct Entry
    {
        public ulong Key;
        public long Pair;
        public long ToldAt;
        public int NextInBucket;
        public int Older;
        public int Newer;
    }
}
