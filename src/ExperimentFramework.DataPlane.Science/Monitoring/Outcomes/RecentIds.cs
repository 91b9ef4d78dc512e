using System.Runtime.InteropServices;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>Remembers the ids of the latest values, so that no value is added twice. It knows at least the last <c>maxSlots</c> / 2 ids, and never more than <c>maxSlots</c>.</summary>
/// <remarks>
/// Ids are kept in two tables. When half the slots of the newer table are taken, its size is doubled up to <c>maxSlots</c>; after that, it becomes the older table, and the memory of the previous older table is reused. If the
/// memory that experiments share is used up, the tables stay smaller, and fewer ids are known.
/// </remarks>
/// <param name="memory">The memory that experiments share, from which the tables grow; null if they do not share any.</param>
/// <param name="maxSlots">The largest number of slots of a table, each of 8 bytes: a power of 2, at least 256.</param>
internal sealed class RecentIds(SubjectMemory? memory = null, int maxSlots = RecentIds.MaxSlots)
{
    /// <summary>Tables of at most this size take no shared memory.</summary>
    private const int UnsharedSlots = 1_024;

    private const int MinSlots = 256;
    private const int MaxSlots = 1 << 20;

    private ulong[] _newer = new ulong[MinSlots];
    private ulong[] _older = [];
    private int _count;
    private long _taken;

    /// <summary>Folds an event id into 64 bits.</summary>
    public static ulong Of(Guid id)
    {
        var halves = MemoryMarshal.Cast<Guid, ulong>(MemoryMarshal.CreateReadOnlySpan(ref id, 1));
        return Math.Max(1, halves[0] ^ (halves[1] * 0x9E3779B97F4A7C15));
    }

    /// <summary>Remembers an id.</summary>
    /// <param name="id">The id, not 0.</param>
    /// <returns>False if it is known.</returns>
    public bool TryAdd(ulong id)
    {
        if (Contains(_older, id))
        {
            return false;
        }

        var slot = SlotOf(_newer, id);
        if (_newer[slot] == id)
        {
            return false;
        }

        _newer[slot] = id;
        if (++_count >= _newer.Length / 2)
        {
            MakeRoom();
        }

        return true;
    }

    /// <summary>Forgets all ids and returns the shared memory.</summary>
    public void Release()
    {
        memory?.Return(_taken);
        (_newer, _older, _count, _taken) = (new ulong[MinSlots], [], 0, 0);
    }

    /// <summary>Writes the ids.</summary>
    public void Write(BinaryWriter writer)
    {
        Write(writer, _older);
        Write(writer, _newer);
    }

    /// <summary>Reads the data written by <see cref="Write(BinaryWriter)"/>.</summary>
    /// <exception cref="FormatException">The data is invalid.</exception>
    public static RecentIds Read(BinaryReader reader, int maxSlots = MaxSlots)
    {
        var older = new RecentIds(maxSlots: maxSlots);
        older.ReadInto(reader);
        var ids = new RecentIds(maxSlots: maxSlots);
        ids.ReadInto(reader);
        ids._older = older._count == 0 ? [] : older._newer;
        return ids;
    }

    private void ReadInto(BinaryReader reader)
    {
        for (var left = OutcomeFormat.Range(reader.ReadInt32(), 0, maxSlots / 2); left > 0; left--)
        {
            var id = Math.Max(1, reader.ReadUInt64());
            var slot = SlotOf(_newer, id);
            _count += _newer[slot] == id ? 0 : 1;
            _newer[slot] = id;
            if (_count >= _newer.Length / 2 && _newer.Length < maxSlots)
            {
                Grow();
            }
        }
    }

    private static void Write(BinaryWriter writer, ulong[] slots)
    {
        writer.Write(slots.AsSpan().Length - slots.AsSpan().Count(0UL));
        foreach (var id in slots)
        {
            if (id != 0)
            {
                writer.Write(id);
            }
        }
    }

    private void MakeRoom()
    {
        if (_newer.Length < maxSlots && TryTakeAsMuchAgain())
        {
            Grow();
            return;
        }

        var reused = _older.Length == _newer.Length ? _older : new ulong[_newer.Length];
        reused.AsSpan().Clear();
        (_older, _newer, _count) = (_newer, reused, 0);
    }

    /// <summary>Takes the memory to double the size of both tables.</summary>
    private bool TryTakeAsMuchAgain()
    {
        if (memory is null || _newer.Length < UnsharedSlots)
        {
            return true;
        }

        var slots = 2L * _newer.Length;
        if (!memory.TryTake(slots))
        {
            return false;
        }

        _taken += slots;
        return true;
    }

    private void Grow()
    {
        var larger = new ulong[_newer.Length * 2];
        foreach (var id in _newer)
        {
            if (id != 0)
            {
                larger[SlotOf(larger, id)] = id;
            }
        }

        _newer = larger;
    }

    private static bool Contains(ulong[] slots, ulong id) => slots.Length > 0 && slots[SlotOf(slots, id)] == id;

    /// <summary>Returns the slot of an id, or the slot where it would be added.</summary>
    private static int SlotOf(ulong[] slots, ulong id)
    {
        var mask = slots.Length - 1;
        var slot = (int)((id * 0x9E3779B97F4A7C15) >> 32) & mask;
        while (slots[slot] != 0 && slots[slot] != id)
        {
            slot = (slot + 1) & mask;
        }

        return slot;
    }
}
