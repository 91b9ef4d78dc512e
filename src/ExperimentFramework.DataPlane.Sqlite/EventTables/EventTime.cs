namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>Converts times to the form that the tables use.</summary>
internal static class EventTime
{
    /// <summary>Microseconds since 1970 in UTC; smaller units are truncated.</summary>
    public static long Microseconds(DateTimeOffset time) =>
        (time.UtcTicks / TimeSpan.TicksPerMicrosecond) - (DateTimeOffset.UnixEpoch.Ticks / TimeSpan.TicksPerMicrosecond);
}
