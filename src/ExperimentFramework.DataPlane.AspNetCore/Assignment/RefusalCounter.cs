namespace ExperimentFramework.DataPlane.AspNetCore;

/// <summary>
/// Counts what clients sent and the application refused, for one log line a minute at most: anybody can send it, so it must not fill
/// the log.
/// </summary>
internal sealed class RefusalCounter(TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly long _start = time.GetTimestamp();
    private long _count;
    private long _nextReport;

    /// <summary>Counts one.</summary>
    /// <returns>How many there were since the last report, if it is time for another; else 0.</returns>
    public long Add()
    {
        Interlocked.Increment(ref _count);
        var now = time.GetElapsedTime(_start).Ticks;
        var due = Volatile.Read(ref _nextReport);
        return now >= due && Interlocked.CompareExchange(ref _nextReport, now + Interval.Ticks, due) == due
            ? Interlocked.Exchange(ref _count, 0)
            : 0;
    }
}
