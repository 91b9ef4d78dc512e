namespace ExperimentFramework.DataPlane;

/// <summary>
/// Wraps an application's clock, which may throw: neither a call nor a worker may fail because of it. While it throws, the system clock is used instead.
/// </summary>
internal sealed class NonThrowingTimeProvider : TimeProvider
{
    /// <summary>How long a fault is reported, in milliseconds.</summary>
    private const long FaultPeriod = 60_000;

    private readonly TimeProvider _inner;
    private readonly long _frequency;
    private long _lastTimestamp;
    private long _faultAt;
    private Exception? _fault;

    private NonThrowingTimeProvider(TimeProvider inner)
    {
        _inner = inner;
        try
        {
            _frequency = inner.TimestampFrequency;
        }
        catch (Exception exception)
        {
            _frequency = System.TimestampFrequency;
            RecordFault(exception);
        }
    }

    /// <summary>The exception that the clock threw within the last minute of system time; null if there was none.</summary>
    public Exception? Fault => Volatile.Read(ref _fault) is { } fault && Environment.TickCount64 - Volatile.Read(ref _faultAt) < FaultPeriod ? fault : null;

    public override long TimestampFrequency => _frequency;

    public override TimeZoneInfo LocalTimeZone => _inner.LocalTimeZone;

    /// <summary>Returns the clock itself if it never throws, as the system clock; otherwise wraps it.</summary>
    public static TimeProvider Of(TimeProvider time) => time is NonThrowingTimeProvider || ReferenceEquals(time, System) ? time : new NonThrowingTimeProvider(time);

    /// <summary>Returns the last timestamp if the current one cannot be read, because the system's may have another origin: nothing expires meanwhile.</summary>
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
            RecordFault(exception);
            return Volatile.Read(ref _lastTimestamp);
        }
    }

    public override DateTimeOffset GetUtcNow()
    {
        try
        {
            return _inner.GetUtcNow();
        }
        catch (Exception exception)
        {
            RecordFault(exception);
            return System.GetUtcNow();
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        try
        {
            return _inner.CreateTimer(callback, state, dueTime, period);
        }
        catch (Exception exception) when (exception is not ArgumentException)
        {
            RecordFault(exception);
            return System.CreateTimer(callback, state, dueTime, period);
        }
    }

    private void RecordFault(Exception exception)
    {
        Volatile.Write(ref _faultAt, Environment.TickCount64);
        Volatile.Write(ref _fault, exception);
    }
}
