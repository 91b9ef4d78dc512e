namespace ExperimentFramework.DataPlane;

/// <summary>
/// An application's clock, which may throw: a call must not fail because of it. A reading that cannot be had is the last one that could; a timer
/// is then the machine's.
/// </summary>
internal sealed class NonThrowingTimeProvider : TimeProvider
{
    private readonly TimeProvider _inner;
    private long _timestamp;
    private long _utcTicks;

    private NonThrowingTimeProvider(TimeProvider inner)
    {
        _inner = inner;
        TimestampFrequency = inner.TimestampFrequency;
        _utcTicks = System.GetUtcNow().UtcTicks;
    }

    public override long TimestampFrequency { get; }

    public override TimeZoneInfo LocalTimeZone => _inner.LocalTimeZone;

    /// <summary>The clock, made safe. The machine's clock, which never throws, is returned as it is.</summary>
    public static TimeProvider Of(TimeProvider time) => time is NonThrowingTimeProvider || ReferenceEquals(time, System) ? time : new NonThrowingTimeProvider(time);

    public override long GetTimestamp()
    {
        try
        {
            var timestamp = _inner.GetTimestamp();
            Volatile.Write(ref _timestamp, timestamp);
            return timestamp;
        }
        catch (Exception)
        {
            return Volatile.Read(ref _timestamp);
        }
    }

    public override DateTimeOffset GetUtcNow()
    {
        try
        {
            var now = _inner.GetUtcNow();
            Volatile.Write(ref _utcTicks, now.UtcTicks);
            return now;
        }
        catch (Exception)
        {
            return new DateTimeOffset(Volatile.Read(ref _utcTicks), TimeSpan.Zero);
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
            return System.CreateTimer(callback, state, dueTime, period);
        }
    }
}
