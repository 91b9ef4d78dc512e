namespace ExperimentFramework.DataPlane;

/// <summary>
/// An application's clock, which may throw: neither a call nor a worker may fail because of it. While it throws, the machine's time takes its place.
/// </summary>
internal sealed class NonThrowingTimeProvider : TimeProvider
{
    /// <summary>How long a fault is shown, in milliseconds.</summary>
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
            Note(exception);
        }
    }

    /// <summary>What the clock threw within the last minute of the machine's time; null for nothing.</summary>
    public Exception? Fault => Volatile.Read(ref _fault) is { } fault && Environment.TickCount64 - Volatile.Read(ref _faultAt) < FaultPeriod ? fault : null;

    public override long TimestampFrequency => _frequency;

    public override TimeZoneInfo LocalTimeZone => _inner.LocalTimeZone;

    /// <summary>The clock, made safe. The machine's clock, which never throws, is returned as it is.</summary>
    public static TimeProvider Of(TimeProvider time) => time is NonThrowingTimeProvider || ReferenceEquals(time, System) ? time : new NonThrowingTimeProvider(time);

    /// <summary>A timestamp that cannot be read is the last one, because the machine's may have another origin: nothing expires on it.</summary>
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
            Note(exception);
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
            Note(exception);
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
            Note(exception);
            return System.CreateTimer(callback, state, dueTime, period);
        }
    }

    private void Note(Exception exception)
    {
        Volatile.Write(ref _faultAt, Environment.TickCount64);
        Volatile.Write(ref _fault, exception);
    }
}
