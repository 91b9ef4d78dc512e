namespace ExperimentFramework.DataPlane;

/// <summary>The monotonic clock of one window, for what is asked on every call: exact to a second, and exactly where the window is short.</summary>
internal sealed class WindowTimer
{
    private static readonly TimeSpan Short = TimeSpan.FromMinutes(1);

    private readonly CoarseClock _clock;
    private readonly bool _isExact;
    private readonly long _window;

    public WindowTimer(CoarseClock hand, TimeSpan window)
    {
        _clock = hand;
        _isExact = window < Short || !hand.IsMachineTime;
        _window = checked((long)(window.TotalSeconds * hand.Frequency));
    }

    public long Now => _isExact ? _clock.ExactNow : _clock.Now;

    /// <summary>Whether the window that began at one time is still open at another.</summary>
    public bool IsOpen(long since, long now) => now - since < _window;
}
