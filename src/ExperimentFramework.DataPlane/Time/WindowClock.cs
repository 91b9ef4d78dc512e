namespace ExperimentFramework.DataPlane;

/// <summary>The monotonic clock of one window, for what is asked on every call: exact to a second, and exactly where the window is short.</summary>
internal sealed class WindowClock
{
    private static readonly TimeSpan Short = TimeSpan.FromMinutes(1);

    private readonly SecondHand _hand;
    private readonly bool _isExact;
    private readonly long _window;

    public WindowClock(SecondHand hand, TimeSpan window)
    {
        _hand = hand;
        _isExact = window < Short || !hand.IsMachineTime;
        _window = checked((long)(window.TotalSeconds * hand.Frequency));
    }

    public long Now => _isExact ? _hand.ExactNow : _hand.Now;

    /// <summary>Whether the window that began at one time is still open at another.</summary>
    public bool IsOpen(long since, long now) => now - since < _window;
}
