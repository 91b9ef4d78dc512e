using System.Runtime.InteropServices;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// The free slots of a bounded queue, counted for all threads together. Threads lease several slots at a time, so that they rarely
/// contend for the counter; the reader gives them back.
/// </summary>
internal sealed class QueueCredits
{
    private const int LargestLease = 64;

    private Padded _free;

    public QueueCredits(int capacity, int batchSize)
    {
        Capacity = capacity;

        // Small compared to the capacity, because slots that a thread has leased but does not use are not available to others. Small
        // compared to a batch, because leases signal that a batch is full.
        LeaseSize = Math.Clamp(Math.Min(capacity / 256, batchSize / 4), 1, LargestLease);
        _free.Value = capacity;
    }

    public int Capacity { get; }

    public int LeaseSize { get; }

    /// <summary>The number of slots that no thread has leased.</summary>
    public long Free => Volatile.Read(ref _free.Value);

    /// <summary>Leases slots.</summary>
    /// <returns>The number of slots: up to <see cref="LeaseSize"/>, 0 if none is free.</returns>
    public int Lease()
    {
        if (Free <= 0)
        {
            return 0;
        }

        var left = Interlocked.Add(ref _free.Value, -LeaseSize);
        if (left >= 0)
        {
            return LeaseSize;
        }

        // More slots were taken than there were: give the excess back.
        var overshoot = (int)Math.Min(-left, LeaseSize);
        Interlocked.Add(ref _free.Value, overshoot);
        return LeaseSize - overshoot;
    }

    public void GiveBack(int count) => Interlocked.Add(ref _free.Value, count);

    /// <summary>A value on its own cache lines, because every thread writes it.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Padded
    {
        [FieldOffset(128)]
        public long Value;
    }
}
