namespace ExperimentFramework.DataPlane;

/// <summary>
/// The time that shutdown may still take: <see cref="DataPlaneOptions.ShutdownTimeout"/> for all components that wait one after the other. Each gets at
/// least one tenth of it, so that events that only need to be handed over are not dropped.
/// </summary>
internal sealed class ShutdownBudget(TimeSpan whole, TimeProvider time)
{
    /// <summary>How long the end waits, outside the budget, for a step that takes time only if application code does not return.</summary>
    public static readonly TimeSpan ApplicationCode = TimeSpan.FromMilliseconds(250);

    private readonly TimeProvider _time = NonThrowingTimeProvider.Of(time);
    private readonly Lock _lock = new();
    private TimeSpan _spent;
    private long _startedAt;
    private int _waiting;

    /// <summary>Starts a wait and returns how long it may take. The time of overlapping waits is counted once.</summary>
    public Wait Begin()
    {
        // The clock is application code, which must not run while the lock is held.
        var now = _time.GetTimestamp();
        lock (_lock)
        {
            if (_waiting++ == 0)
            {
                _startedAt = now;
            }

            var left = whole - _spent - _time.GetElapsedTime(_startedAt, now);
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
                _spent += _time.GetElapsedTime(_startedAt, now);
            }
        }
    }

    /// <summary>A wait that ends when it is disposed.</summary>
    internal sealed class Wait(ShutdownBudget budget, TimeSpan remaining) : IDisposable
    {
        public TimeSpan Remaining { get; } = remaining;

        public void Dispose() => budget.End();
    }
}
