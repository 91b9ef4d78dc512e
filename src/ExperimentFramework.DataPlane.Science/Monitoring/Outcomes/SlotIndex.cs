using System.Numerics;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>Finds the slot of a key by the top 49 bits of its hash. Uses open addressing, at most half full.</summary>
internal sealed class SlotIndex
{
    /// <summary>The number of low bits of a key that are not part of the hash.</summary>
    public const int HashShift = 15;

    private readonly int[] _entries;
    private readonly int _shift;

    /// <summary>Creates an empty index.</summary>
    /// <param name="capacity">The number of slots, a power of 2, or 0.</param>
    public SlotIndex(int capacity)
    {
        _entries = new int[Math.Max(2, capacity * 2)];
        _shift = 64 - BitOperations.Log2((uint)_entries.Length);
    }

    /// <summary>The memory used, in bytes.</summary>
    public long Bytes => _entries.Length * 4L;

    /// <summary>Finds the slot of a key; -1 if there is none.</summary>
    public int Find(ulong hash, ulong[] keys)
    {
        var entries = _entries;
        var mask = entries.Length - 1;
        var wanted = hash >> HashShift;
        for (var probe = HomeOf(hash); ; probe = (probe + 1) & mask)
        {
            var entry = entries[probe];
            if (entry == 0 || keys[entry - 1] >> HashShift == wanted)
            {
                return entry - 1;
            }
        }
    }

    /// <summary>Adds a key that has no slot.</summary>
    public void Add(ulong key, int slot)
    {
        var mask = _entries.Length - 1;
        var probe = HomeOf(key);
        while (_entries[probe] != 0)
        {
            probe = (probe + 1) & mask;
        }

        _entries[probe] = slot + 1;
    }

    /// <summary>Removes a slot, and moves the entries after it closer to their home positions, so that no search ends too early.</summary>
    public void Remove(int slot, ulong[] keys)
    {
        var mask = _entries.Length - 1;
        var hole = HomeOf(keys[slot]);
        while (_entries[hole] != slot + 1)
        {
            hole = (hole + 1) & mask;
        }

        for (var probe = (hole + 1) & mask; _entries[probe] != 0; probe = (probe + 1) & mask)
        {
            var home = HomeOf(keys[_entries[probe] - 1]);
            if (((probe - home) & mask) >= ((probe - hole) & mask))
            {
                _entries[hole] = _entries[probe];
                hole = probe;
            }
        }

        _entries[hole] = 0;
    }

    /// <summary>Fibonacci hashing. The leading bits of the hash cannot be used directly, because halving the threshold makes them 0.</summary>
    private int HomeOf(ulong key) => (int)(((key >> HashShift) * 0x9E3779B97F4A7C15) >> _shift);
}
