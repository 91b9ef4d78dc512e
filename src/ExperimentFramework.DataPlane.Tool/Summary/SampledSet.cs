namespace ExperimentFramework.DataPlane.Tool;

/// <summary>
/// A set of hashes in bounded memory: exact while all fit, and a sample beyond. When memory is full, all hashes are forgotten whose next bit is set, and from then on none of those is taken: each
/// forgetting halves the sample. An item is in the sample, or not, whatever the order and number of its occurrences, so counts of the sample times <see cref="Weight"/> are unbiased.
/// </summary>
/// <param name="maxSlots">The largest number of slots, a power of 2. Three quarters of them hold hashes.</param>
/// <param name="budget">Memory that is shared with other sets.</param>
internal sealed class SampledSet(int maxSlots, SlotBudget budget)
{
    private const int FirstSlots = 256;

    private ulong[] _hashes = new ulong[FirstSlots];
    private byte[] _values = new byte[FirstSlots];
    private int _halvings;

    /// <summary>How many hashes are held.</summary>
    public int Count { get; private set; }

    /// <summary>How many items each one that is held stands for: 1 while the set is exact.</summary>
    public long Weight => 1L << _halvings;

    /// <summary>Whether all items are held.</summary>
    public bool IsExact => _halvings == 0;

    /// <summary>The number of different items, exact or estimated.</summary>
    public long Estimate => Count * Weight;

    /// <summary>Adds an item.</summary>
    /// <param name="hash">Its hash, of 64 evenly distributed bits.</param>
    /// <param name="value">What is kept with it when it is added first.</param>
    public SetChange Add(ulong hash, byte value = 0)
    {
        hash |= 1; // 0 marks a free slot.
        if (!IsInSample(hash))
        {
            return SetChange.NotInSample;
        }

        var slot = Find(hash);
        if (_hashes[slot] != 0)
        {
            return SetChange.Present;
        }

        if (Count >= _hashes.Length / 4 * 3)
        {
            MakeRoom();
            return Add(hash, value);
        }

        _hashes[slot] = hash;
        _values[slot] = value;
        Count++;
        return SetChange.Added;
    }

    /// <summary>Counts the items that are held, by the value that was kept with them.</summary>
    public long[] CountByValue(int values)
    {
        var counts = new long[values];
        for (var slot = 0; slot < _hashes.Length; slot++)
        {
            if (_hashes[slot] != 0)
            {
                counts[_values[slot]]++;
            }
        }

        return counts;
    }

    // The lowest bit marks a used slot, the next ones decide about the sample, and the highest ones about the slot.
    private bool IsInSample(ulong hash) => ((hash >> 1) & ((1UL << _halvings) - 1)) == 0;

    private int Find(ulong hash)
    {
        var mask = _hashes.Length - 1;
        var slot = (int)(hash >> 33) & mask;
        while (_hashes[slot] != 0 && _hashes[slot] != hash)
        {
            slot = (slot + 1) & mask;
        }

        return slot;
    }

    private void MakeRoom()
    {
        if (_hashes.Length < maxSlots && budget.TryTake(_hashes.Length))
        {
            Grow();
        }
        else
        {
            _halvings++;
            Forget();
        }
    }

    private void Grow()
    {
        var (hashes, values) = (_hashes, _values);
        _hashes = new ulong[hashes.Length * 2];
        _values = new byte[hashes.Length * 2];
        for (var slot = 0; slot < hashes.Length; slot++)
        {
            if (hashes[slot] != 0)
            {
                Place(hashes[slot], values[slot]);
            }
        }
    }

    /// <summary>Forgets what is no longer in the sample, without a second table: a large one may take more than half of the memory that there is.</summary>
    private void Forget()
    {
        // From a free slot on, what stays moves only to slots that were visited before it.
        var mask = _hashes.Length - 1;
        var first = Array.IndexOf(_hashes, 0UL);
        Count = 0;
        for (var step = 1; step <= mask; step++)
        {
            var slot = (first + step) & mask;
            var (hash, value) = (_hashes[slot], _values[slot]);
            _hashes[slot] = 0;
            if (hash != 0 && IsInSample(hash))
            {
                Place(hash, value);
                Count++;
            }
        }
    }

    private void Place(ulong hash, byte value)
    {
        var free = Find(hash);
        _hashes[free] = hash;
        _values[free] = value;
    }
}
