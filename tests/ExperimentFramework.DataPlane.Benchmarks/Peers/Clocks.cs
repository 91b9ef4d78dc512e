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

/// <summary>A clock.</summary>
public interface IClock
{
    static abstract long Read();
}

/// <summary>The clocks that are read.</summary>
public static class Clocks
{
    public readonly struct Utc : IClock
    {
        public static long Read() => TimeProvider.System.GetUtcNow().UtcTicks;
    }

    public readonly struct Timestamp : IClock
    {
        public static long Read() => TimeProvider.System.GetTimestamp();
    }

    public readonly struct Ticks : IClock
    {
        public static long Read() => Environment.TickCount64;
    }
}
