namespace ExperimentFramework.DataPlane;

/// <summary>
/// The entries of a repeat memory: a hash table with chains and, threaded through the same slots, the order in which they were told. Whoever
/// writes holds a lock; whoever reads without it has to bear entries that change.
/// </summary>
internal sealed class RepeatTable
{
    public const int None = -1;
    public const int SmallestSize = 16;

    /// <summary>How many entries an entry's place is looked for among, and how many refreshed ones are passed over at most.</summary>
    private const int LongestSearch = 16;

    private readonly int[] _buckets;
    private readonly Entry[] _entries;
    private int _used;
    private int _free = None;
    private int _oldest = None;
    private int _newest = None;

    public RepeatTable(int size)
    {
        _buckets = new int[size];
        Array.Fill(_buckets, None);
        _entries = new Entry[size];
    }

    public int Count { get; private set; }

    public bool IsFull => _free == None && _used == _entries.Length;

    public ref Entry this[int slot] => ref _entries[slot];

    /// <summary>The first slot of the key's chain.</summary>
    public int First(ulong key) => _buckets[Bucket(key)];

    public int Find(ulong key)
    {
        var slot = First(key);
        while (slot != None && _entries[slot].Key != key)
        {
            slot = _entries[slot].NextInBucket;
        }

        return slot;
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
        Thread(slot);
    }

    /// <summary>Tells an entry's subject anew.</summary>
    public void TellAgain(int slot, long pair, long now)
    {
        Unthread(slot);
        _entries[slot].Pair = pair;
        _entries[slot].ToldAt = now;
        Thread(slot);
    }

    public void Remove(int slot)
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
        Count--;
    }

    /// <summary>Removes an entry that was told longest ago: one that was refreshed since it got its place in the order gets a new one first.</summary>
    public void RemoveOldest()
    {
        for (var passed = 0; passed < LongestSearch && _entries[_oldest].IsRefreshed; passed++)
        {
            var slot = _oldest;
            Unthread(slot);
            Thread(slot);
        }

        Remove(_oldest);
    }

    /// <summary>The same entries with room for twice as many, up to a number.</summary>
    public RepeatTable Grown(int capacity)
    {
        var grown = new RepeatTable((int)Math.Min((long)_entries.Length * 2, Math.Max(capacity, SmallestSize)));
        for (var slot = _oldest; slot != None; slot = _entries[slot].Newer)
        {
            var entry = _entries[slot];
            grown.Add(entry.Key, entry.Pair, entry.ToldAt);
        }

        return grown;
    }

    private int Bucket(ulong key) => (int)Math.BigMul(key, (ulong)_buckets.Length, out _);

    /// <summary>Gives an entry its place in the order, which is at the young end or near it.</summary>
    private void Thread(int slot)
    {
        ref var entry = ref _entries[slot];
        entry.IsRefreshed = false;
        entry.Older = _newest;
        entry.Newer = None;
        for (var passed = 0; passed < LongestSearch && entry.Older != None && _entries[entry.Older].ToldAt > entry.ToldAt; passed++)
        {
            entry.Newer = entry.Older;
            entry.Older = _entries[entry.Older].Older;
        }

        NewerOf(entry.Older) = slot;
        OlderOf(entry.Newer) = slot;
    }

    private void Unthread(int slot)
    {
        var entry = _entries[slot];
        NewerOf(entry.Older) = entry.Newer;
        OlderOf(entry.Newer) = entry.Older;
    }

    private ref int NewerOf(int slot) => ref slot == None ? ref _oldest : ref _entries[slot].Newer;

    private ref int OlderOf(int slot) => ref slot == None ? ref _newest : ref _entries[slot].Older;

    /// <summary>What is remembered of a subject.</summary>
    public struct Entry
    {
        public ulong Key;
        public long Pair;
        public long ToldAt;
        public int NextInBucket;
        public int Older;
        public int Newer;

        /// <summary>Whether it was told again since it got its place in the order.</summary>
        public bool IsRefreshed;

        /// <summary>Notes that the subject was told again: the one change that needs no lock.</summary>
        public void Refresh(long now)
        {
            if (ToldAt != now)
            {
                Volatile.Write(ref ToldAt, now);
            }

            if (!IsRefreshed)
            {
                IsRefreshed = true;
            }
        }
    }
}
