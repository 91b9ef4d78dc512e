using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Counts repeats and drops. A call that only counts one of them must stay fast: a thread usually adds to its own cell, without a lock or an interlocked
/// instruction. No count is lost.
/// </summary>
internal sealed class PerThreadCounter
{
    private const int CellCount = 64;

    /// <summary>The count from which on threads have cells: counters that are seldom incremented stay small.</summary>
    private const int SharedAtFirst = 256;

    /// <summary>
    /// The id of the current thread; 0 until it has counted. Reading it from the run time takes four times as long as everything else, so a thread does it once. It never
    /// changes, and only its own thread sees it.
    /// </summary>
    [ThreadStatic]
    private static int _currentThreadId;

    private Cell[] _cells = [];

    /// <summary>The first counts, and those of threads whose cell belongs to another thread.</summary>
    private long _shared;

    /// <summary>The number of increments by all threads.</summary>
    public long Value
    {
        get
        {
            var sum = Interlocked.Read(ref _shared);
            foreach (ref var cell in Volatile.Read(ref _cells).AsSpan())
            {
                sum += Volatile.Read(ref cell.Count);
            }

            return sum;
        }
    }

    public void Increment()
    {
        // No two threads have the same id at a time, so only one of them writes a cell; the next thread with that id continues its count.
        var thread = _currentThreadId;
        if (thread == 0)
        {
            thread = _currentThreadId = Environment.CurrentManagedThreadId;
        }

        var cells = _cells;
        var place = thread & (CellCount - 1);
        if (place < cells.Length && cells[place].Owner == thread)
        {
            ref var cell = ref cells[place];
            Volatile.Write(ref cell.Count, cell.Count + 1);
        }
        else
        {
            IncrementElsewhere(cells, place, thread);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void IncrementElsewhere(Cell[] cells, int place, int thread)
    {
        if (cells.Length > 0 && Interlocked.CompareExchange(ref cells[place].Owner, thread, 0) == 0)
        {
            Volatile.Write(ref cells[place].Count, cells[place].Count + 1);
        }
        else if (Interlocked.Increment(ref _shared) == SharedAtFirst)
        {
            // Exactly one thread gets here.
            Volatile.Write(ref _cells, new Cell[CellCount]);
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
