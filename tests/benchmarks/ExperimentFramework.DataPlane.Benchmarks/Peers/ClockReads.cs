using ExperimentFramework.DataPlane.Benchmarks.Calls;

namespace ExperimentFramework.DataPlane.Benchmarks.Peers;

/// <summary>Reads a clock, and calls nothing.</summary>
/// <typeparam name="TClock">The clock, as a structure.</typeparam>
public sealed class ClockReads<TClock> : CallPath
    where TClock : struct, IClock
{
    public override int Burst()
    {
        var last = 0L;
        for (var call = 0; call < BurstSize; call++)
        {
            last ^= TClock.Read();
        }

        return (int)last;
    }
}
