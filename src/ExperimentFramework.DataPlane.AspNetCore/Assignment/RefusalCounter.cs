namespace ExperimentFramework.DataPlane.AspNetCore;

/// <summary>
/// Counts rejected client input, so that it is logged at most once a minute: any client can send such input, and it must not
/// flood the log. The first rejection is reported at once, later ones when the minute has ended, and the rest on disposal.
/// </summary>
internal sealed class RefusalCounter : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly Action<long> _report;
    private readonly ITimer _timer;
    private long _count;
    private int _isWaiting;

    /// <param name="time">The clock of the minute.</param>
    /// <param name="report">Logs the number of rejections since the last report. Must not throw.</param>
    public RefusalCounter(TimeProvider time, Action<long> report)
    {
        _report = report;
        _timer = NonThrowingTimeProvider.Of(time).CreateTimer(
            _ => BackgroundWork.Run(OnIntervalEndedAsync), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Counts one rejection.</summary>
    public void Add()
    {
        Interlocked.Increment(ref _count);
        ReportUnlessWaiting();
    }

    public void Dispose()
    {
        _timer.Dispose();
        Report();
    }

    private Task OnIntervalEndedAsync()
    {
        Interlocked.Exchange(ref _isWaiting, 0);
        ReportUnlessWaiting();
        return Task.CompletedTask;
    }

    private void ReportUnlessWaiting()
    {
        if (Interlocked.Read(ref _count) > 0 && Interlocked.Exchange(ref _isWaiting, 1) == 0)
        {
            Report();
            _timer.Change(Interval, Timeout.InfiniteTimeSpan);
        }
    }

    private void Report()
    {
        if (Interlocked.Exchange(ref _count, 0) is > 0 and var count)
        {
            _report(count);
        }
    }
}
