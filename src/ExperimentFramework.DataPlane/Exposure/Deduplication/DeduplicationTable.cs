using System.Runtime.CompilerServices;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// The entries of the deduplicator: a hash table with linear probing, so that a lookup is usually one memory access, together with the order
/// in which entries were added. Writers hold a lock; readers without it must tolerate entries that change.
/// </summary>
internal sealed class DeduplicationTable
{
    public const int SmallestCapacity = 16;
    private const int None = -1;

    /// <summary>The maximum number of entries probed by a reader without the lock.</summary>
    private const int LongestPeek = 32;

    /// <summary>The number of entries among which the oldest is replaced.</summary>
    private const int Candidates = 8;

    private readonly Entry[] _entries;

    /// <summary>The keys in the order in which they were added; in a full table a new key takes the position of the one it replaces.</summary>
    private readonly ulong[] _order;
    private int _nextCandidate;

    /// <param name="capacity">The maximum number of entries. The table has a third more slots, which keeps probe chains short.</param>
    public DeduplicationTable(int capacity)
    {
        _entries = new Entry[capacity + (capacity / 3) + 1];
        _order = new ulong[capacity];
    }

    public int Count { get; private set; }

    public bool IsFull => Count == _order.Length;

    /// <summary>Finds the key's entry without a lock; during a concurrent write the result may be another entry, or none.</summary>
    /// <returns>A null reference if none is found.</returns>
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
    /// <returns>A null reference if there is none.</returns>
    public ref Entry Find(ulong key)
    {
        var slot = SlotOf(key);
        return ref slot == None ? ref Unsafe.NullRef<Entry>() : ref _entries[slot];
    }

    /// <summary>Adds an entry. The table must not be full.</summary>
    public void Add(ulong key, long pair, long now)
    {
        // Until the table is full, a new key goes to the end of the order and replacement starts at the beginning.
        Place(key, pair, now, Count);
        Count++;
    }

    /// <summary>
    /// Adds an entry to a full table by replacing one: of the next candidates in order, the one recorded longest ago. If no subject
    /// is recorded twice, that is the oldest of all.
    /// </summary>
    public void Replace(ulong key, long pair, long now)
    {
        var oldest = _nextCandidate;
        var oldestTime = Find(_order[_nextCandidate]).LastRecordedAt;
        for (var i = 1; i < Math.Min(Candidates, Count); i++)
        {
            var position = (_nextCandidate + i) % Count;
            var recordedAt = Find(_order[position]).LastRecordedAt;
            if (recordedAt < oldestTime)
            {
                (oldest, oldestTime) = (position, recordedAt);
            }
        }

        _nextCandidate = (_nextCandidate + 1) % Count;
        Clear(SlotOf(_order[oldest]));
        Place(key, pair, now, oldest);
    }

    public void Remove(ulong key)
    {
        var slot = SlotOf(key);
        var position = _entries[slot].Position;
        Clear(slot);
        Count--;
        if (position != Count)
        {
            // The newest key fills the gap. Claims are released soon after they are made, so the removed key is usually near the end.
            var newest = _order[Count];
            _order[position] = newest;
            Find(newest).Position = position;
        }
    }

    /// <summary>Returns a copy with twice the capacity, up to a maximum.</summary>
    public DeduplicationTable Grow(int capacity)
    {
        var grown = new DeduplicationTable((int)Math.Min((long)_order.Length * 2, capacity));
        foreach (var key in _order.AsSpan(0, Count))
        {
            ref var entry = ref Find(key);
            grown.Add(key, entry.Pair, entry.LastRecordedAt);
        }

        return grown;
    }

    private void Place(ulong key, long pair, long now, int position)
    {
        var slot = Home(key);
        while (_entries[slot].Key != 0)
        {
            slot = Next(slot);
        }

        _entries[slot] = new Entry { Key = key, Pair = pair, LastRecordedAt = now, Position = position };
        _order[position] = key;
    }

    /// <summary>Empties a slot and moves back the entries that were displaced past it.</summary>
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

    /// <summary>The entry of one subject; empty if the key is 0.</summary>
    public struct Entry
    {
        public ulong Key;
        public long Pair;
        public long LastRecordedAt;

        /// <summary>The key's index in the order.</summary>
        public int Position;

        /// <summary>
        /// Records that the subject was recorded again: the only change that needs no lock. Threads may arrive out of order; an earlier
        /// time changes nothing.
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
