using System.Runtime.CompilerServices;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// The entries of a repeat memory: a hash table with linear probing, so that looking for an entry is one access to memory as a rule, and
/// beside it the order in which they were added. Whoever writes holds a lock; whoever reads without it has to bear entries that change.
/// </summary>
internal sealed class DeduplicationTable
{
    public const int SmallestCapacity = 16;
    private const int None = -1;

    /// <summary>How many entries are looked at where they can be seen while they are changed.</summary>
    private const int LongestPeek = 32;

    /// <summary>Among how many entries the oldest is looked for.</summary>
    private const int Candidates = 8;

    private readonly Entry[] _entries;

    /// <summary>The keys in the order in which they were added: a new one takes the place of the one that went for it.</summary>
    private readonly ulong[] _order;
    private int _hand;

    /// <param name="capacity">How many entries there is room for; a third more makes the chains short.</param>
    public DeduplicationTable(int capacity)
    {
        _entries = new Entry[capacity + (capacity / 3) + 1];
        _order = new ulong[capacity];
    }

    public int Count { get; private set; }

    public bool IsFull => Count == _order.Length;

    /// <summary>Finds the key's entry; if somebody is writing, perhaps another, or none.</summary>
    /// <returns>A null reference where none is found.</returns>
    public ref Entry Peek(ulong key)
    {
        var entries = _entries;
        var slot = Home(key);
        for (var length = 0; length < LongestPeek; length++)
        {
            ref var entry = ref entries[slot];
            if (entry.Key == key)
            {
                return ref entry;
            }

            if (entry.Key == 0)
            {
                break;
            }

            slot = Next(slot);
        }

        return ref Unsafe.NullRef<Entry>();
    }

    /// <summary>Finds the key's entry.</summary>
    /// <returns>A null reference where there is none.</returns>
    public ref Entry Find(ulong key)
    {
        var slot = SlotOf(key);
        return ref slot == None ? ref Unsafe.NullRef<Entry>() : ref _entries[slot];
    }

    /// <summary>Adds an entry; there has to be room.</summary>
    public void Add(ulong key, long pair, long now)
    {
        // While there is room the new key goes to the end, and the hand stands at the beginning.
        Place(key, pair, now, Count);
        Count++;
    }

    /// <summary>
    /// Adds an entry to a full table, in place of another one: of the next ones in order, the one that was told longest ago. Where nothing is
    /// told twice, that is the oldest of all.
    /// </summary>
    public void Replace(ulong key, long pair, long now)
    {
        var oldest = _hand;
        var oldestTime = Find(_order[_hand]).LastRecordedAt;
        for (var i = 1; i < Math.Min(Candidates, Count); i++)
        {
            var place = (_hand + i) % Count;
            var toldAt = Find(_order[place]).LastRecordedAt;
            if (toldAt < oldestTime)
            {
                (oldest, oldestTime) = (place, toldAt);
            }
        }

        _hand = (_hand + 1) % Count;
        Clear(SlotOf(_order[oldest]));
        Place(key, pair, now, oldest);
    }

    public void Remove(ulong key)
    {
        var slot = SlotOf(key);
        var place = _entries[slot].Place;
        Clear(slot);
        Count--;
        if (place != Count)
        {
            // The youngest fills the gap: what is taken back is taken back soon, so it is near the end.
            var youngest = _order[Count];
            _order[place] = youngest;
            Find(youngest).Place = place;
        }

        _hand = Count == 0 ? 0 : _hand % Count;
    }

    /// <summary>The same entries with room for twice as many, up to a number.</summary>
    public DeduplicationTable Grown(int capacity)
    {
        var grown = new DeduplicationTable((int)Math.Min((long)_order.Length * 2, capacity));
        foreach (var key in _order.AsSpan(0, Count))
        {
            ref var entry = ref Find(key);
            grown.Add(key, entry.Pair, entry.LastRecordedAt);
        }

        return grown;
    }

    private void Place(ulong key, long pair, long now, int place)
    {
        var slot = Home(key);
        while (_entries[slot].Key != 0)
        {
            slot = Next(slot);
        }

        _entries[slot] = new Entry { Key = key, Pair = pair, LastRecordedAt = now, Place = place };
        _order[place] = key;
    }

    /// <summary>Empties a slot, and moves up what was pushed past it.</summary>
    private void Clear(int slot)
    {
        var gap = slot;
        for (var next = Next(slot); _entries[next].Key != 0; next = Next(next))
        {
            if (Distance(Home(_entries[next].Key), next) >= Distance(gap, next))
            {
                _entries[gap] = _entries[next];
                gap = next;
            }
        }

        _entries[gap] = default;
    }

    private int SlotOf(ulong key)
    {
        for (var slot = Home(key); _entries[slot].Key != 0; slot = Next(slot))
        {
            if (_entries[slot].Key == key)
            {
                return slot;
            }
        }

        return None;
    }

    private int Home(ulong key) => (int)Math.BigMul(key, (ulong)_entries.Length, out _);

    private int Next(int slot) => slot + 1 == _entries.Length ? 0 : slot + 1;

    private int Distance(int from, int to) => to >= from ? to - from : to - from + _entries.Length;

    /// <summary>What is remembered of a subject; empty where the key is 0.</summary>
    public struct Entry
    {
        public ulong Key;
        public long Pair;
        public long LastRecordedAt;

        /// <summary>Where the key stands in the order.</summary>
        public int Place;

        /// <summary>
        /// Notes that the subject was told again: the one change that needs no lock. The times of several threads' exposures may come out of
        /// order, and an earlier one changes nothing.
        /// </summary>
        public void Refresh(long now)
        {
            if (LastRecordedAt < now)
            {
                Volatile.Write(ref LastRecordedAt, now);
            }
        }
    }
}
