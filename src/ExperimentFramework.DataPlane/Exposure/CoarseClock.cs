namespace ExperimentFramework.DataPlane;

/// <summary>
/// The monotonic clock for what is measured in seconds and asked on every call. The machine's own is read as its tick count, which is
/// some milliseconds coarse and several times cheaper than a timestamp.
/// </summary>
internal sealed class CoarseClock(TimeProvider time)
{
    private const long MillisecondsPerSecond = 1_000;

    private readonly TimeProvider? _time = ReferenceEquals(time, TimeProvider.System) ? null : time;

    public long Now => _time is null ? Environment.TickCount64 : _time.GetTimestamp();

    /// <summary>A span in the units of <see cref="Now"/>.</summary>
    public long UnitsOf(TimeSpan span) => checked((long)(span.TotalSeconds * (_time?.TimestampFrequency ?? MillisecondsPerSecond)));
}
