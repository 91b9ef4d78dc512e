using System.Numerics;

namespace ExperimentFramework.DataPlane.Science;

/// <content>Reads and writes the queue of a snapshot.</content>
internal sealed partial class SubjectQueue
{
    /// <summary>Writes all subjects.</summary>
    public void Write(BinaryWriter writer)
    {
        writer.Write(_cellCount);
        writer.Write(_cursors.Length);
        writer.Write(Halvings);
        writer.Write(_keys.Length);
        writer.Write(Count);
        foreach (var cursor in _cursors)
        {
            writer.Write(cursor - Head);
        }

        for (var position = Head; position < Tail; position++)
        {
            var key = _keys[SlotOf(position)];
            writer.Write((key & ~VersionMask) | ((ulong)(VersionOf(key) + 1) << VersionShift));
            writer.Write(ArrivedAt(position));
            foreach (var cell in CellsAt(position))
            {
                writer.Write(cell);
            }
        }
    }

    /// <summary>Reads the data written by <see cref="Write"/>.</summary>
    /// <exception cref="FormatException">The data is invalid.</exception>
    public static SubjectQueue Read(BinaryReader reader, int cells, int cursors)
    {
        if (reader.ReadInt32() != cells || reader.ReadInt32() != cursors)
        {
            throw new FormatException("A queue of subjects does not match its metrics.");
        }

        var queue = new SubjectQueue(cells, cursors) { Halvings = OutcomeFormat.Range(reader.ReadInt32(), 0, 48) };
        var capacity = OutcomeFormat.Range(reader.ReadInt32(), MinCapacity, 1 << 24);
        var count = OutcomeFormat.Range(reader.ReadInt32(), 0, capacity);
        if (!BitOperations.IsPow2(capacity))
        {
            throw new FormatException("The capacity of a queue is not a power of 2.");
        }

        for (var cursor = 0; cursor < cursors; cursor++)
        {
            queue._cursors[cursor] = OutcomeFormat.Range((int)Math.Clamp(reader.ReadInt64(), int.MinValue, int.MaxValue), 0, count);
        }

        queue.Allocate(MinCapacity);
        var last = 0L;
        for (var left = count; left > 0; left--)
        {
            // Grow while subjects are read, so that a damaged count cannot allocate more memory than the size of the file.
            if (queue.Count == queue._keys.Length)
            {
                queue.Rebuild(queue._keys.Length * 2, keepsDone: true);
            }

            var key = reader.ReadUInt64();
            var arrived = reader.ReadInt64();
            if (arrived < last || !queue.Includes(key))
            {
                throw new FormatException("A subject in a queue is out of order or above the threshold.");
            }

            last = arrived;
            if (queue.Find(key) >= 0)
            {
                // Two subjects have hashes that agree in all stored bits. The first one was found for both.
                queue.Skip(reader);
                continue;
            }

            queue.Append(key, arrived);
            queue.DoneCount += (key & DoneFlag) == 0 ? 0 : 1;
            foreach (ref var cell in queue.CellsAt(queue.Tail - 1))
            {
                cell = reader.ReadInt64();
            }
        }

        if (queue._keys.Length < capacity && count > 0)
        {
            queue.Rebuild(capacity, keepsDone: true);
        }

        return queue;
    }

    private void Skip(BinaryReader reader)
    {
        for (var cell = 0; cell < _cellCount; cell++)
        {
            reader.ReadInt64();
        }

        foreach (ref var cursor in _cursors.AsSpan())
        {
            cursor -= cursor > Tail ? 1 : 0;
        }
    }
}
