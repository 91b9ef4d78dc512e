namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>Converts between times and microseconds since 1970 in UTC.</summary>
internal static class Microseconds
{
    /// <summary>Returns the whole microseconds, rounded down.</summary>
    /// <param name="time">The time.</param>
    /// <param name="fraction">The rest, in steps of 100 ns: 0 to 9.</param>
    public static long Of(DateTimeOffset time, out int fraction)
    {
        var ticks = time.UtcTicks - DateTime.UnixEpoch.Ticks;
        var micros = Math.DivRem(ticks, TimeSpan.TicksPerMicrosecond, out var rest);
        if (rest < 0)
        {
            rest += TimeSpan.TicksPerMicrosecond;
            micros--;
        }

        fraction = (int)rest;
        return micros;
    }

    public static DateTimeOffset ToTime(long microseconds, int fraction) =>
        new(DateTime.UnixEpoch.Ticks + (microseconds * TimeSpan.TicksPerMicrosecond) + fraction, TimeSpan.Zero);
}
