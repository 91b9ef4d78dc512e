using System.Runtime.InteropServices;
using ExperimentFramework.DataPlane.Benchmarks.Calls;

namespace ExperimentFramework.DataPlane.Benchmarks.Peers;

/// <summary>
/// The least that noting an exposure can cost: the clock, and a record of 64 bytes into a ring that one thread writes and another
/// reads.
/// </summary>
public sealed class RingFloor(Subjects subjects) : CallPath
{
    private readonly OtherCheckout _checkout = new();
    private readonly RecordRing _ring = new(8_192);
    private readonly object _experiment = new();
    private readonly object _variant = new();

    public override int Burst()
    {
        var total = 0;
        foreach (var user in subjects.NextBurst())
        {
            _ring.TryWrite(new Record { Experiment = _experiment, Variant = _variant, Subject = user, Timestamp = TimeProvider.System.GetUtcNow().UtcTicks });
            total += _checkout.Total(user);
        }

        return total;
    }

    public override void Drain() => Task.Run(() =>
    {
        while (_ring.TryRead(out _))
        {
        }
    }).GetAwaiter().GetResult();

    /// <summary>Sixty-four bytes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Record
    {
        public object? Experiment;
        public object? Variant;
        public string? Subject;
        public object? Attributes;
        public object? Activity;
        public long Timestamp;
        public long Number;
        public long Flags;
    }
}
