using System.Runtime.CompilerServices;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// The entries of a repeat memory: a hash table with chains. Whoever writes holds a lock; whoever reads without it has to bear entries that
/// change.
/// </summary>
internal sealed class RepeatTable
{
    public const int None = -1;
    public const int SmallestSize = 16;

    /// <summary>How many links of a chain are followed where it can be seen while it is changed.</summary>
    private const int LongestPeek = 16;

    /// <summary>Among how many entries the oldest is looked for.</summary>
    private const int Candidates = 16;

    /// <summary>Fewer entries than buckets, so that most chains are one entry long.</summary>
    private const int BucketsPerEntry = 2;

    private readonly int[] _buckets;
    private readonly Entry[] _entries;
    private int _used;
    private int _free = None;
    private int _hand;

    public RepeatTable(int size)
    {
        _buckets = new int[size * BucketsPerEntry];
        Array.Fill(_buckets, None);
        _entries = new Entry[size];
    }

    public int Count { get; private set; }

    public bool IsFull => _free == None && _used == _entries.Length;

    public ref Entry this[int slot] => ref _entries[slot];

    public int Find(ulong key)
    {
        var slot = _buckets[Bucket(key)];
        while (slot != None && _entries[slot].Key != key)
        {
            slot = _entries[slot].NextInBucket;
        }

        return slot;
    }

    /// <summary>Finds the key's entry or, if somebody is writing, any other.</summary>
    /// <returns>A null reference where none is found.</returns>
    public ref Entry Peek(ulong key)
    {
        var slot = _buckets[Bucket(key)];
        var entries = _entries;
        for (var length = 0; (uint)slot < (uint)entries.Length && length < LongestPeek; length++)
        {
            ref var entry = ref entries[slot];
            if (entry.Key == key)
            {
                return ref entry;
            }

            slot = entry.NextInBucket;
        }

        return ref Unsafe.NullRef<Entry>();
    }

    /// <summary>Adds an entry; there has to be room.</summary>
    public void Add(ulong key, long pair, long now)
    {
        var slot = _free;
        if (slot == None)
        {
            slot = _used++;
        }
        else
        {
            _free = _entries[slot].NextInBucket;
        }

        Count++;
        ref var bucket = ref _buckets[Bucket(key)];
        _entries[slot] = new Entry { Key = key, Pair = pair, ToldAt = now, NextInBucket = bucket };
        bucket = slot;
    }

    public void Remove(int slot)
    {
        ref var link = ref _buckets[Bucket(_entries[slot].Key)];
        while (link != slot)
        {
            link = ref _entries[link].NextInBucket;
        }

        link = _entries[slot].NextInBucket;
        _entries[slot].NextInBucket = _free;
        _free = slot;
        Count--;
    }

    /// <summary>
    /// Removes an entry of a table without gaps: of the next ones in the order of their slots, the one that was told longest ago. New entries take
    /// the slots of those removed, so where nothing is told twice that is the oldest of all.
    /// </summary>
    public void RemoveOld()
    {
        var oldest = _hand;
        for (var i = 1; i < Math.Min(Candidates, Count); i++)
        {
            var slot = (_hand + i) % Count;
            if (_entries[slot].ToldAt < _entries[oldest].ToldAt)
            {
                oldest = slot;
            }
        }

        _hand = (_hand + 1) % Count;
        Remove(oldest);
    }

    /// <summary>The same entries with room for twice as many, up to a number.</summary>
    public RepeatTable Grown(int capacity)
    {
        var grown = new RepeatTable((int)Math.Min((long)_entries.Length * 2, Math.Max(capacity, SmallestSize)));
        foreach (ref readonly var entry in _entries.AsSpan(0, _used))
        {
            grown.Add(entry.Key, entry.Pair, entry.ToldAt);
        }

        return grown;
    }

    private int Bucket(ulong key) => (int)Math.BigMul(key, (ulong)_buckets.Length, out _);

    /// <summary>What is remembered of a subject.</summary>
    public struct Entry
    {
        public ulong Key;
        public long Pair;
        public long ToldAt;
        public int NextInBucket;

        /// <summary>Notes that the subject was told again: the one change that needs no lock.</summary>
        public void Refresh(long now)
        {
            if (ToldAt != now)
            {
                Volatile.Write(ref ToldAt, now);
            }
        }
    }
}
