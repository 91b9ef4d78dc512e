namespace ExperimentFramework.DataPlane;

/// <summary>
/// The application's clock, which may throw: then the machine's time takes its place, because a worker that has no time cannot account for its
/// events.
/// </summary>
internal sealed class SafeClock : TimeProvider
{
    private readonly TimeProvider _inner;
    private readonly long _frequency;
    private long _lastTimestamp;
    private Exception? _fault;

    private SafeClock(TimeProvider inner)
    {
        _inner = inner;
        try
        {
            _frequency = inner.TimestampFrequency;
        }
        catch (Exception exception)
        {
            _frequency = System.TimestampFrequency;
            _fault = exception;
        }
    }

    /// <summary>What the clock threw last; null for nothing.</summary>
    public Exception? Fault => Volatile.Read(ref _fault);

    public override long TimestampFrequency => _frequency;

    /// <summary>The clock, made safe unless it is the machine's own.</summary>
    public static TimeProvider Of(TimeProvider time) => time is SafeClock || ReferenceEquals(time, System) ? time : new SafeClock(time);

    public override DateTimeOffset GetUtcNow()
    {
        try
        {
            return _inner.GetUtcNow();
        }
        catch (Exception exception)
        {
            Volatile.Write(ref _fault, exception);
            return System.GetUtcNow();
        }
    }

    /// <summary>A timestamp that cannot be read is the last one: nothing expires on it.</summary>
    public override long GetTimestamp()
    {
        try
        {
            var timestamp = _inner.GetTimestamp();
            Volatile.Write(ref _lastTimestamp, timestamp);
            return timestamp;
        }
        catch (Exception exception)
        {
            Volatile.Write(ref _fault, exception);
            return Volatile.Read(ref _lastTimestamp);
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        try
        {
            return _inner.CreateTimer(callback, state, dueTime, period);
        }
        catch (Exception exception)
        {
            Volatile.Write(ref _fault, exception);
            return System.CreateTimer(callback, state, dueTime, period);
        }
    }
}
