using System.Runtime.InteropServices;

namespace ExperimentFramework.DataPlane.Benchmarks.Peers;

/// <summary>A bounded ring for one writer and one reader. It drops nothing: it says that it is full.</summary>
/// <param name="capacity">A power of two.</param>
internal sealed class RecordRing(int capacity)
{
    private readonly RingRecord[] _records = new RingRecord[capacity];
    private readonly int _mask = capacity - 1;
    private Ends _ends;

    public bool TryWrite(in RingRecord record)
    {
        var written = _ends.Written;
        if (written - _ends.ReadSeen == _records.Length)
        {
            _ends.ReadSeen = Volatile.Read(ref _ends.Read);
            if (written - _ends.ReadSeen == _records.Length)
            {
                return false;
            }
        }

        _records[(int)written & _mask] = record;
        Volatile.Write(ref _ends.Written, written + 1);
        return true;
    }

    public bool TryRead(out RingRecord record)
    {
        var read = _ends.Read;
        if (read == _ends.WrittenSeen)
        {
            _ends.WrittenSeen = Volatile.Read(ref _ends.Written);
            if (read == _ends.WrittenSeen)
            {
                record = default;
                return false;
            }
        }

        ref var slot = ref _records[(int)read & _mask];
        record = slot;
        slot = default;
        Volatile.Write(ref _ends.Read, read + 1);
        return true;
    }

    /// <summary>The writer's and the reader's fields on cache lines of their own.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 384)]
    private struct Ends
    {
        [FieldOffset(128)]
        public long Written;

        [FieldOffset(136)]
        public long ReadSeen;

        [FieldOffset(256)]
        public long Read;

        [FieldOffset(264)]
        public long WrittenSeen;
    }
}
