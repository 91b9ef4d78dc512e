using ExperimentFramework.DataPlane.Benchmarks.Calls;

namespace ExperimentFramework.DataPlane.Benchmarks.Peers;

/// <summary>
/// The least that noting an exposure can cost: the clock, and a record of 64 bytes into a ring that one thread writes and another
/// reads.
/// </summary>
/// <typeparam name="TRow">A structure of each row's own, so that the compiler makes each a loop of its own.</typeparam>
internal sealed class RingFloor<TRow>(Subjects subjects) : CallPath
    where TRow : struct
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
            _ring.TryWrite(new RingRecord { Experiment = _experiment, Variant = _variant, Subject = user, Timestamp = TimeProvider.System.GetUtcNow().UtcTicks });
            total += _checkout.Total(user);
        }

        return total;
    }

    /// <summary>On another thread, as a reader is; waited for, because what BenchmarkDotNet calls before an iteration is synchronous.</summary>
    public override void Drain() => Task.Run(() =>
    {
        while (_ring.TryRead(out _))
        {
        }
    }).GetAwaiter().GetResult();
}
