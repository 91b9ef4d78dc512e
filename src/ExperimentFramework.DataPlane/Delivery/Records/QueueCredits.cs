using System.Runtime.InteropServices;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// The places of a bounded queue, counted for all threads together. Threads lease several at a time, so that they seldom meet
/// at the one counter; the reader gives them back.
/// </summary>
internal sealed class QueueCredits
{
    private const int LargestLease = 64;

    private Padded _free;

    public QueueCredits(int capacity, int batchSize)
    {
        Capacity = capacity;

        // Small beside the capacity, because places that a thread has leased and does not use are not free to others; small
        // beside a batch, because leases are what tells that one is full.
        LeaseSize = Math.Clamp(Math.Min(capacity / 256, batchSize / 4), 1, LargestLease);
        _free.Value = capacity;
    }

    public int Capacity { get; }

    public int LeaseSize { get; }

    /// <summary>How many places are free, that is leased by no thread.</summary>
    public long Free => Volatile.Read(ref _free.Value);

    /// <summary>Leases places.</summary>
    /// <returns>How many: up to <see cref="LeaseSize"/>, 0 where none is free.</returns>
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

        // More was taken than there was: what is over goes back.
        var overshoot = (int)Math.Min(-left, LeaseSize);
        Interlocked.Add(ref _free.Value, overshoot);
        return LeaseSize - overshoot;
    }

    public void GiveBack(int count) => Interlocked.Add(ref _free.Value, count);

    /// <summary>On cache lines of its own: every thread writes it.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Padded
    {
        [FieldOffset(128)]
        public long Value;
    }
}
