namespace ExperimentFramework.DataPlane.AspNetCore;

/// <summary>
/// Counts rejected client input, so that it is logged at most once a minute: any client can send such input, and it must not
/// flood the log.
/// </summary>
internal sealed class RefusalCounter(TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly long _start = time.GetTimestamp();
    private long _count;
    private long _nextReport;

    /// <summary>Counts one rejection.</summary>
    /// <returns>The number of rejections since the last report if another report is due; otherwise 0.</returns>
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
