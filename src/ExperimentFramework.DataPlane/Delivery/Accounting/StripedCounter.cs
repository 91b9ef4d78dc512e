using System.Numerics;
using System.Runtime.InteropServices;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// How often one experiment and variant lost an event for one reason. Counted by processor, because when a queue is full every caller comes by,
/// and processors that write one cache line wait for each other.
/// </summary>
internal sealed class StripedCounter
{
    private const int MaxCells = 8;

    private static readonly int Cells = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Min(Environment.ProcessorCount, MaxCells));

    private readonly Cell[] _cells = new Cell[Cells];

    public long Value
    {
        get
        {
            var sum = 0L;
            foreach (ref var cell in _cells.AsSpan())
            {
                sum += Interlocked.Read(ref cell.Value);
            }

            return sum;
        }
    }

    public void Increment() => Interlocked.Increment(ref _cells[Thread.GetCurrentProcessorId() & (Cells - 1)].Value);

    /// <summary>On a cache line of its own.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct Cell
    {
        [FieldOffset(64)]
        public long Value;
    }
}
