namespace ExperimentFramework.DataPlane;

/// <summary>
/// How long the end may still wait: <see cref="DataPlaneOptions.ShutdownTimeout"/> for all parts that wait one after the other. Each has a tenth
/// of it at least, so that what only has to be handed on is not given up.
/// </summary>
internal sealed class ShutdownBudget(TimeSpan whole, TimeProvider time)
{
    private readonly TimeProvider _time = NonThrowingTimeProvider.Of(time);
    private readonly Lock _lock = new();
    private TimeSpan _spent;
    private long _begunAt;
    private int _waiting;

    /// <summary>Begins a wait, and tells how long it may be. The time of waits that overlap is spent once.</summary>
    public Wait Begin()
    {
        // The clock is the application's code, which does not run while the lock is held.
        var now = _time.GetTimestamp();
        lock (_lock)
        {
            if (_waiting++ == 0)
            {
                _begunAt = now;
            }

            var left = whole - _spent - _time.GetElapsedTime(_begunAt, now);
            return new Wait(this, left > whole / 10 ? left : whole / 10);
        }
    }

    private void End()
    {
        var now = _time.GetTimestamp();
        lock (_lock)
        {
            if (--_waiting == 0)
            {
                _spent += _time.GetElapsedTime(_begunAt, now);
            }
        }
    }

    /// <summary>A wait, which ends when it is disposed.</summary>
    internal sealed class Wait(ShutdownBudget time, TimeSpan longest) : IDisposable
    {
        public TimeSpan Remaining { get; } = longest;

        public void Dispose() => time.End();
    }
}
