using System.Numerics;
using System.Runtime.InteropServices;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// A counter that is striped by processor, for drops of one experiment, variant and reason: this is a hot path when the queue is full,
/// and processors that write to the same cache line slow each other down.
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

    /// <summary>A value on its own cache line.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct Cell
    {
        [FieldOffset(64)]
        public long Value;
    }
}
