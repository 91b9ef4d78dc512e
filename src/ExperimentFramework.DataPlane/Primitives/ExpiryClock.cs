namespace ExperimentFramework.DataPlane;

/// <summary>
/// A clock for deciding what has expired. It accepts a time only once a second reading, at least a minute later on the monotonic
/// clock, confirms it: a clock that is wrong for a moment would otherwise expire everything at once, which cannot be undone.
/// </summary>
internal sealed class ExpiryClock(TimeProvider time)
{
    /// <summary>How long a jump of the clock must last before it is accepted.</summary>
    private static readonly TimeSpan Confirmation = TimeSpan.FromMinutes(1);

    /// <summary>The maximum drift between the clocks from one reading to the next.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly long _frequency = time.TimestampFrequency;
    private Reading? _confirmed;
    private Reading? _suspect;

    /// <summary>Reads the clock.</summary>
    /// <returns>The confirmed time, advanced by the monotonic clock; null until a time is confirmed.</returns>
    public DateTimeOffset? Read()
    {
        // Both clocks are application code, so they are read before the lock is taken.
        var reading = new Reading(time.GetUtcNow(), time.GetTimestamp());
        lock (_lock)
        {
            if (_confirmed is { } confirmed && reading.Utc <= Expected(confirmed, reading) + Tolerance)
            {
                // A clock that was set back expires less, so it is accepted at once.
                (_confirmed, _suspect) = (reading, null);
            }
            else if (_suspect is not { } suspect || (reading.Utc - Expected(suspect, reading)).Duration() > Tolerance)
            {
                _suspect = reading;
            }
            else if (Between(suspect, reading) >= Confirmation)
            {
                (_confirmed, _suspect) = (reading, null);
            }

            return _confirmed is { } known ? Expected(known, reading) : null;
        }
    }

    private DateTimeOffset Expected(Reading earlier, Reading now) => earlier.Utc + Between(earlier, now);

    private TimeSpan Between(Reading earlier, Reading later) =>
        TimeSpan.FromSeconds(Math.Max(0, (double)(later.Timestamp - earlier.Timestamp) / _frequency));

    private readonly record struct Reading(DateTimeOffset Utc, long Timestamp);
}
