namespace ExperimentFramework.DataPlane.Science;

/// <summary>
/// Subjects in the order of their first exposures, found by their hash, in bounded memory. When the queue is full of subjects that are still needed, the threshold for hashes is halved, and subjects above it
/// are removed. The threshold never rises, and only the hash decides which subjects are removed.
/// </summary>
/// <remarks>
/// Cursors mark how far the queue has been processed. A subject that all cursors have passed, or that is marked as done, is finished; it stays in the queue until its slot is needed.
/// A key holds the top 49 bits of the hash, the number of the version of the weights (7 bits: <see cref="VersionTags"/>, 0 if it was retired), the variant (6 bits) and a flag, as in the table of all subjects.
/// </remarks>
internal sealed partial class SubjectQueue
{
    /// <summary>The largest number of variants, and of versions, that a key can distinguish.</summary>
    public const int MaxIndex = 64;

    private const int MinCapacity = 64;

    /// <summary>A queue of at most this many slots, of 8 bytes each, takes no memory that is shared.</summary>
    private const long UnsharedSlots = 8_192;

    private const int VersionShift = 8;
    private const int VariantShift = 2;
    private const ulong VersionMask = 0x7FUL << VersionShift;
    private const ulong VariantMask = 0x3FUL << VariantShift;
    private const ulong DoneFlag = 1;

    private readonly int _cellCount;
    private readonly long[] _cursors;
    private readonly SubjectMemory? _memory;
    private ulong[] _keys = [];
    private long[] _arrived = [];
    private long[] _cells = [];
    private VersionTags _tags = new();
    private SlotIndex _index = new(0);
    private long _taken;

    /// <summary>Creates an empty queue.</summary>
    /// <param name="cells">The number of values for each subject.</param>
    /// <param name="cursors">The number of cursors.</param>
    /// <param name="memory">What it takes memory from to grow, if others do too; null for memory of its own.</param>
    public SubjectQueue(int cells, int cursors, SubjectMemory? memory = null)
    {
        _cellCount = cells;
        _cursors = new long[cursors];
        _memory = memory;
        Allocate(MinCapacity);
    }

    /// <summary>How often the threshold was halved.</summary>
    public int Halvings { get; private set; }

    /// <summary>The position of the first subject in the queue. Positions only grow.</summary>
    public long Head { get; private set; }

    /// <summary>The position of the next subject.</summary>
    public long Tail { get; private set; }

    /// <summary>The number of subjects that are marked as done.</summary>
    public int DoneCount { get; private set; }

    /// <summary>The bytes of the arrays.</summary>
    public long Bytes => (_keys.Length * 8L) + (_arrived.Length * 8L) + (_cells.Length * 8L) + _index.Bytes;

    /// <summary>For each cursor, the position of the next subject to process.</summary>
    public Span<long> Cursors => _cursors;

    private int Count => (int)(Tail - Head);

    private long Slots => Bytes / sizeof(long);

    /// <summary>Whether a subject is below the threshold.</summary>
    public bool Includes(ulong hash) => Halvings == 0 || hash >> (64 - Halvings) == 0;

    /// <summary>Finds a subject.</summary>
    /// <returns>Its position; -1 if it is not in the queue.</returns>
    public long Find(ulong hash)
    {
        var slot = _index.Find(hash, _keys);
        return slot < 0 ? -1 : Head + ((slot - Head) & (_keys.Length - 1));
    }

    /// <summary>Adds a subject that is not in the queue.</summary>
    /// <param name="hash">Its hash, below the threshold.</param>
    /// <param name="version">The version of the weights of its first exposure.</param>
    /// <param name="variant">The variant that it was assigned.</param>
    /// <param name="arrived">When the exposure arrived, not before that of the previous subject.</param>
    /// <param name="capacity">How many subjects the queue may hold.</param>
    /// <returns>Its position; -1 if the threshold was halved to make room and the subject is now above it.</returns>
    public long Add(ulong hash, int version, int variant, long arrived, int capacity)
    {
        if (Count == _keys.Length && !MakeRoom(hash, capacity))
        {
            return -1;
        }

        Append((hash >> SlotIndex.HashShift << SlotIndex.HashShift) | ((ulong)_tags.TagOf(version) << VersionShift) | ((ulong)variant << VariantShift), arrived);
        return Tail - 1;
    }

    /// <summary>Removes the first subject.</summary>
    public void RemoveFirst()
    {
        var slot = SlotOf(Head);
        _index.Remove(slot, _keys);
        DoneCount -= (_keys[slot] & DoneFlag) == 0 ? 0 : 1;
        Head++;
        foreach (ref var cursor in _cursors.AsSpan())
        {
            cursor = Math.Max(cursor, Head);
        }
    }

    /// <summary>The values of a subject: 0 until they are set.</summary>
    public Span<long> CellsAt(long position) => _cells.AsSpan(SlotOf(position) * _cellCount, _cellCount);

    /// <summary>When the first exposure of a subject arrived.</summary>
    public long ArrivedAt(long position) => _arrived[SlotOf(position)];

    /// <summary>The version of the weights of a subject; -1 if it was retired.</summary>
    public int VersionAt(long position) => VersionOf(_keys[SlotOf(position)]);

    /// <summary>The variant to which a subject was first assigned.</summary>
    public int VariantAt(long position) => (int)((_keys[SlotOf(position)] & VariantMask) >> VariantShift);

    /// <summary>Whether a subject is marked as done.</summary>
    public bool IsDone(long position) => (_keys[SlotOf(position)] & DoneFlag) != 0;

    /// <summary>Marks a subject as done.</summary>
    public void MarkDone(long position)
    {
        _keys[SlotOf(position)] |= DoneFlag;
        DoneCount++;
    }

    /// <summary>Clears the version from its subjects. Its index is reused for another version.</summary>
    public void RetireVersion(int version)
    {
        if (_tags.TryRetire(version))
        {
            return;
        }

        for (var position = Head; position < Tail; position++)
        {
            ref var key = ref _keys[SlotOf(position)];
            key = VersionOf(key) < 0 ? key & ~VersionMask : key;
        }

        _tags.Recycle(version);
    }

    /// <summary>Removes subjects by their hash until the rest fits.</summary>
    public void Shrink(int capacity)
    {
        if (_keys.Length <= capacity)
        {
            return;
        }

        while (Count > capacity)
        {
            Halvings++;
            Rebuild(_keys.Length, keepsDone: true);
        }

        Rebuild(capacity, keepsDone: true);
    }

    /// <summary>Gives its memory back to others, once its subjects are no longer needed.</summary>
    public void Release()
    {
        _memory?.Return(_taken);
        _taken = 0;
        (Head, DoneCount) = (Tail, 0);
        _cursors.AsSpan().Fill(Tail);
        Allocate(MinCapacity);
    }

    /// <summary>Creates a queue of the same subjects with other cells and cursors.</summary>
    /// <param name="cells">For each new cell, the cell to copy; -1 for none.</param>
    /// <param name="cursors">For each new cursor, the cursor to copy; -1 to skip the existing subjects.</param>
    /// <param name="none">The value of cells that are not copied.</param>
    public SubjectQueue With(ReadOnlySpan<int> cells, ReadOnlySpan<int> cursors, long none)
    {
        var other = new SubjectQueue(cells.Length, cursors.Length, _memory) { Halvings = Halvings, Head = Head, Tail = Head, _tags = _tags };
        other.Allocate(_keys.Length);
        other.TakeOver(_taken);
        for (var position = Head; position < Tail; position++)
        {
            other.Append(_keys[SlotOf(position)], ArrivedAt(position));
            for (var cell = 0; cell < cells.Length; cell++)
            {
                other.CellsAt(position)[cell] = cells[cell] < 0 ? none : CellsAt(position)[cells[cell]];
            }
        }

        other.DoneCount = DoneCount;
        for (var cursor = 0; cursor < cursors.Length; cursor++)
        {
            other._cursors[cursor] = cursors[cursor] < 0 ? Tail : _cursors[cursors[cursor]];
        }

        return other;
    }

    /// <summary>Takes over what another queue has taken, for the cells that this one has instead.</summary>
    private void TakeOver(long taken)
    {
        _taken = SharedOf(Slots);
        _memory?.Take(_taken - taken);
    }

    private int VersionOf(ulong key) => _tags.VersionOf((int)((key & VersionMask) >> VersionShift));

    private bool MakeRoom(ulong hash, int capacity)
    {
        while (Count == _keys.Length)
        {
            if (IsFinished(Head))
            {
                RemoveFirst();
            }
            else if (Count - DoneCount <= Count / 8 * 7)
            {
                Rebuild(_keys.Length);
            }
            else if (_keys.Length < capacity && TryTakeAsMuchAgain())
            {
                Rebuild(_keys.Length * 2);
            }
            else
            {
                Halvings++;
                Rebuild(_keys.Length);
            }
        }

        return Includes(hash);
    }

    /// <summary>Takes what a queue of twice the capacity needs.</summary>
    private bool TryTakeAsMuchAgain()
    {
        var more = SharedOf(2 * Slots) - _taken;
        if (more > 0 && _memory?.TryTake(more) == false)
        {
            return false;
        }

        _taken += more;
        return true;
    }

    /// <summary>The shared slots of a queue with so many slots.</summary>
    private static long SharedOf(long slots) => Math.Max(0, slots - UnsharedSlots);

    private bool IsFinished(long position) => IsDone(position) || _cursors.AsSpan().IndexOfAnyInRange(0, position) < 0;

    /// <summary>Keeps the subjects below the threshold that are not marked as done, and those that are as well if <paramref name="keepsDone"/> is true.</summary>
    private void Rebuild(int capacity, bool keepsDone = false)
    {
        var (keys, arrived, cells, head, tail) = (_keys, _arrived, _cells, Head, Tail);
        var mask = keys.Length - 1;
        Span<long> moved = stackalloc long[_cursors.Length];
        _cursors.CopyTo(moved);
        Allocate(capacity);
        Tail = head;
        DoneCount = keepsDone ? DoneCount : 0;
        for (var position = head; position < tail; position++)
        {
            var slot = (int)(position & mask);
            if ((keepsDone || (keys[slot] & DoneFlag) == 0) && Includes(keys[slot]))
            {
                Append(keys[slot], arrived[slot]);
                cells.AsSpan(slot * _cellCount, _cellCount).CopyTo(CellsAt(Tail - 1));
                continue;
            }

            for (var cursor = 0; cursor < moved.Length; cursor++)
            {
                moved[cursor] -= _cursors[cursor] > position ? 1 : 0;
            }
        }

        moved.CopyTo(_cursors);
    }

    private void Allocate(int capacity)
    {
        _keys = new ulong[capacity];
        _arrived = new long[capacity];
        _cells = new long[capacity * _cellCount];
        _index = new SlotIndex(capacity);
    }

    private void Append(ulong key, long arrived)
    {
        var slot = SlotOf(Tail);
        _keys[slot] = key;
        _arrived[slot] = arrived;
        _cells.AsSpan(slot * _cellCount, _cellCount).Clear();
        _index.Add(key, slot);
        Tail++;
    }

    private int SlotOf(long position) => (int)(position & (_keys.Length - 1));
}
