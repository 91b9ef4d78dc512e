namespace ExperimentFramework.DataPlane;

/// <summary>Measures a time window on every call, on the monotonic clock: to a second for long windows, and exactly for short ones.</summary>
internal sealed class WindowTimer
{
    private static readonly TimeSpan Short = TimeSpan.FromMinutes(1);

    private readonly CoarseClock _clock;
    private readonly bool _isExact;
    private readonly long _window;

    public WindowTimer(CoarseClock clock, TimeSpan window)
    {
        _clock = clock;
        _isExact = window < Short || !clock.IsSystemTime;
        _window = checked((long)(window.TotalSeconds * clock.Frequency));
    }

    public long Now => _isExact ? _clock.ExactNow : _clock.Now;

    /// <summary>Whether the window that started at <paramref name="since"/> is still open at <paramref name="now"/>.</summary>
    public bool IsOpen(long since, long now) => now - since < _window;
}
