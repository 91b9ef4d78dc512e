namespace ExperimentFramework.DataPlane.Benchmarks.Peers;

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
