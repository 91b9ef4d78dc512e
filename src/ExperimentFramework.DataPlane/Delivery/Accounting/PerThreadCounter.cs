using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// A counter for calls that do nothing else: a thread usually adds to a cell of its own, without a lock or an interlocked instruction, and no count is lost.
/// </summary>
internal sealed class PerThreadCounter
{
    private const int CellCount = 64;

    private readonly Cell[] _cells = new Cell[CellCount];

    /// <summary>The counts of threads whose cell belongs to another thread.</summary>
    private long _shared;

    /// <summary>The number of increments by all threads.</summary>
    public long Value
    {
        get
        {
            var sum = Interlocked.Read(ref _shared);
            foreach (ref var cell in _cells.AsSpan())
            {
                sum += Volatile.Read(ref cell.Count);
            }

            return sum;
        }
    }

    public void Increment()
    {
        // No two threads have the same id at a time, so only one of them writes a cell; the next thread with that id goes on with its count.
        var thread = Environment.CurrentManagedThreadId;
        ref var cell = ref _cells[thread & (CellCount - 1)];
        if (cell.Owner == thread)
        {
            Volatile.Write(ref cell.Count, cell.Count + 1);
        }
        else
        {
            IncrementElsewhere(ref cell, thread);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void IncrementElsewhere(ref Cell cell, int thread)
    {
        if (Interlocked.CompareExchange(ref cell.Owner, thread, 0) == 0)
        {
            Volatile.Write(ref cell.Count, cell.Count + 1);
        }
        else
        {
            Interlocked.Increment(ref _shared);
        }
    }

    /// <summary>A count on its own cache line, with the id of the only thread that writes it; 0 if none does yet.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 64)]
    private struct Cell
    {
        [FieldOffset(0)]
        public int Owner;

        [FieldOffset(8)]
        public long Count;
    }
}
