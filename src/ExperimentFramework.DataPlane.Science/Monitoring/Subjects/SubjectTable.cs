using System.Numerics;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>
/// The subjects that were counted, 8 bytes each, in bounded memory. When the table is full, the threshold for hashes is halved, and subjects above it are forgotten. The
/// threshold never rises, so a forgotten subject is never counted again.
/// </summary>
/// <remarks>
/// A slot holds the top 39 bits of the hash of the id, 8 bits of the hash of type and tenant, the number of the version of the weights (7 bits: <see cref="VersionTags"/>, 0 if it was retired), the variant (6 bits) and four flags.
/// </remarks>
internal sealed class SubjectTable
{
    /// <summary>The largest number of variants that a slot can distinguish.</summary>
    public const int MaxVariants = 64;

    /// <summary>The largest number of versions of the weights that a slot can distinguish.</summary>
    public const int MaxVersions = VersionTags.MaxVersions;

    public const int MinSlots = 1_024;

    /// <summary>How many bits of a subject's hash a slot keeps. Subjects that share them are counted as one.</summary>
    public const int HashBits = 39;

    private const int HashShift = 64 - HashBits;
    private const int ScopeShift = 17;
    private const int VersionShift = 10;
    private const int VariantShift = 4;
    private const ulong VersionMask = 0x7FUL << VersionShift;
    private const ulong VariantMask = 0x3FUL << VariantShift;
    private const ulong UnexplainedFlag = 1;
    private const ulong ExplainedFlag = 2;
    private const ulong SharedFlag = 4;
    private const ulong ReassignedFlag = 8;

    private readonly int _maxSlots;
    private readonly SubjectMemory? _memory;
    private readonly VersionTags _tags = new();
    private ulong[] _slots;
    private int _shift;

    /// <summary>Creates an empty table.</summary>
    /// <param name="maxSlots">The number of slots that the table may grow to, a power of 2.</param>
    /// <param name="memory">The memory that it shares with other tables; null if it has its own.</param>
    public SubjectTable(int maxSlots, SubjectMemory? memory = null)
        : this(maxSlots, halvings: 0, MinSlots) => _memory = memory;

    private SubjectTable(int maxSlots, int halvings, int slots)
    {
        _maxSlots = maxSlots;
        _slots = new ulong[slots];
        _shift = 64 - BitOperations.Log2((uint)slots);
        Halvings = halvings;
    }

    /// <summary>How often the threshold was halved. A subject is counted if this many leading bits of its hash are 0.</summary>
    public int Halvings { get; private set; }

    /// <summary>The number of subjects held.</summary>
    public int Count { get; private set; }

    /// <summary>How many of the subjects held moved to another variant within one version of the weights, without an explanation.</summary>
    public int Crossovers { get; private set; }

    /// <summary>How many of the subjects held moved to another variant for a known reason.</summary>
    public int ExplainedMoves { get; private set; }

    /// <summary>The slots in use, for a snapshot. The number of a version is replaced with its index plus 1, as in a new table.</summary>
    public IEnumerable<ulong> Occupied => _slots.Where(static slot => slot != 0).Select(slot => (slot & ~VersionMask) | ((ulong)(VersionOf(slot) + 1) << VersionShift));

    /// <summary>Restores a table from the slots of a snapshot.</summary>
    /// <exception cref="FormatException">The data is invalid.</exception>
    public static SubjectTable Restore(int maxSlots, int halvings, ReadOnlySpan<ulong> occupied)
    {
        if (halvings is < 0 or >= HashBits)
        {
            throw new FormatException("The number of halvings is out of range.");
        }

        var table = new SubjectTable(maxSlots, halvings, MinSlots);
        foreach (var slot in occupied)
        {
            // A table with fewer slots than the saved one keeps fewer subjects.
            if (slot != 0 && table.Includes(slot) && table.MakeRoom(slot))
            {
                table.Place(slot);
                table.CountFlags(slot);
            }
        }

        return table;
    }

    /// <summary>Whether a subject is below the threshold.</summary>
    public bool Includes(ulong hash) => Halvings == 0 || hash >> (64 - Halvings) == 0;

    /// <summary>Finds a subject.</summary>
    /// <returns>The index of its slot; -1 if it is not held.</returns>
    public int Find(ulong hash)
    {
        var slots = _slots;
        var mask = slots.Length - 1;
        var key = hash >> HashShift;
        for (var index = IndexOf(key); ; index = (index + 1) & mask)
        {
            var slot = slots[index];
            if (slot == 0)
            {
                return -1;
            }

            if (slot >> HashShift == key)
            {
                return index;
            }
        }
    }

    /// <summary>Adds a subject that is not held.</summary>
    /// <returns>False if the threshold was halved to make room and the subject is now above it.</returns>
    public bool TryAdd(ulong hash, long scope, int version, int variant)
    {
        if (!MakeRoom(hash))
        {
            return false;
        }

        Place((hash >> HashShift << HashShift) | ((ulong)(byte)scope << ScopeShift) | ((ulong)_tags.TagOf(version) << VersionShift) | ((ulong)variant << VariantShift));
        return true;
    }

    /// <summary>
    /// Whether an exposure is of the subject that was counted, and not of another one with the same id. An id that is used in several tenants or types may have several variants. These are not stored, so its moves are no
    /// longer tracked.
    /// </summary>
    public bool IsSame(int index, long scope)
    {
        if ((_slots[index] & SharedFlag) == 0 && (byte)(_slots[index] >> ScopeShift) == (byte)scope)
        {
            return true;
        }

        _slots[index] |= SharedFlag;
        return false;
    }

    /// <summary>The version of the weights that a subject was last seen with; -1 if it was retired.</summary>
    public int VersionAt(int index) => VersionOf(_slots[index]);

    /// <summary>The variant that a subject was last assigned.</summary>
    public int VariantAt(int index) => (int)((_slots[index] & VariantMask) >> VariantShift);

    /// <summary>Sets the current assignment of a subject.</summary>
    public void Move(int index, int version, int variant) =>
        _slots[index] = (_slots[index] & ~(VersionMask | VariantMask)) | (version < 0 ? 0 : (ulong)_tags.TagOf(version) << VersionShift) | ((ulong)variant << VariantShift);

    /// <summary>Tracks the current assignment of a subject that has already been counted.</summary>
    public void Follow(int index, long scope, int version, int variant)
    {
        var before = VersionAt(index);
        if (!IsSame(index, scope) || (before == version && VariantAt(index) == variant))
        {
            return;
        }

        if (VariantAt(index) != variant)
        {
            if (before == version)
            {
                if ((_slots[index] & ReassignedFlag) == 0)
                {
                    MarkCrossover(index);
                }
            }
            else
            {
                // New weights explain the move.
                MarkExplained(index, isTheCrossover: false);
            }
        }

        Move(index, version, variant);
    }

    /// <summary>
    /// Tracks a subject that was reassigned for a known reason. From then on, its moves under one version are not crossovers, because a stream that is replayed contains the exposures of both variants again.
    /// </summary>
    public void Reassign(int index, int variant)
    {
        // The exposure may have arrived first, in which case it was counted as a crossover.
        MarkExplained(index, isTheCrossover: VariantAt(index) == variant);
        _slots[index] |= ReassignedFlag;
        Move(index, VersionAt(index), variant);
    }

    /// <summary>Marks a subject that moved without an explanation.</summary>
    public void MarkCrossover(int index)
    {
        if ((_slots[index] & UnexplainedFlag) == 0)
        {
            _slots[index] |= UnexplainedFlag;
            Crossovers++;
        }
    }

    /// <summary>Marks a subject that moved for a known reason.</summary>
    /// <param name="index">The index of its slot.</param>
    /// <param name="isTheCrossover">Whether the explanation belongs to the move that was counted as a crossover.</param>
    public void MarkExplained(int index, bool isTheCrossover)
    {
        if ((_slots[index] & ExplainedFlag) == 0)
        {
            _slots[index] |= ExplainedFlag;
            ExplainedMoves++;
        }

        if (isTheCrossover && (_slots[index] & UnexplainedFlag) != 0)
        {
            _slots[index] &= ~UnexplainedFlag;
            Crossovers--;
        }
    }

    /// <summary>Clears the version from its subjects. Its index is reused for another version.</summary>
    public void RetireVersion(int version)
    {
        if (_tags.TryRetire(version))
        {
            return;
        }

        foreach (ref var slot in _slots.AsSpan())
        {
            slot = VersionOf(slot) < 0 ? slot & ~VersionMask : slot;
        }

        _tags.Recycle(version);
    }

    private int VersionOf(ulong slot) => _tags.VersionOf((int)((slot & VersionMask) >> VersionShift));

    /// <summary>Makes room for a subject, by growing the table or by forgetting subjects.</summary>
    private bool MakeRoom(ulong hash)
    {
        while (Count >= _slots.Length / 4 * 3)
        {
            if (_slots.Length < _maxSlots && _memory?.TryTake(_slots.Length) != false)
            {
                Rebuild(_slots.Length * 2);
            }
            else
            {
                Halvings++;
                Rebuild(_slots.Length);
            }
        }

        return Includes(hash);
    }

    /// <summary>Returns the memory to other tables when the subjects are no longer needed.</summary>
    public void Release()
    {
        _memory?.Return(_slots.Length - MinSlots);
        _slots = new ulong[MinSlots];
        _shift = 64 - BitOperations.Log2(MinSlots);
        (Count, Crossovers, ExplainedMoves) = (0, 0, 0);
    }

    private void Rebuild(int size)
    {
        var before = _slots;
        _slots = new ulong[size];
        _shift = 64 - BitOperations.Log2((uint)size);
        Count = 0;
        Crossovers = 0;
        ExplainedMoves = 0;
        foreach (var slot in before)
        {
            if (slot != 0 && Includes(slot))
            {
                Place(slot);
                CountFlags(slot);
            }
        }
    }

    private void Place(ulong slot)
    {
        var mask = _slots.Length - 1;
        var index = IndexOf(slot >> HashShift);
        while (_slots[index] != 0)
        {
            index = (index + 1) & mask;
        }

        _slots[index] = slot;
        Count++;
    }

    private void CountFlags(ulong slot)
    {
        Crossovers += (int)(slot & UnexplainedFlag);
        ExplainedMoves += (int)((slot & ExplainedFlag) >> 1);
    }

    /// <summary>Fibonacci hashing. The leading bits of the hash cannot be used directly, because halving the threshold makes them 0.</summary>
    private int IndexOf(ulong key) => (int)((key * 0x9E3779B97F4A7C15) >> _shift);
}
