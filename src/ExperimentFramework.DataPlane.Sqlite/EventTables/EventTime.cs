namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>Times as the tables have them.</summary>
internal static class EventTime
{
    /// <summary>Microseconds since 1970 in UTC; what is smaller is cut off.</summary>
    public static long Microseconds(DateTimeOffset time) =>
        (time.UtcTicks / TimeSpan.TicksPerMicrosecond) - (DateTimeOffset.UnixEpoch.Ticks / TimeSpan.TicksPerMicrosecond);
}
