using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>
/// The time of a stream that is read from files: that of its latest event which can be believed. One event of a clock that is years ahead would otherwise close every window. Not believed are events that are later than now, and
/// those that a <see cref="StreamClock"/> does not believe.
/// </summary>
/// <param name="clock">The clock of this process.</param>
internal sealed class BelievedTime(TimeProvider clock)
{
    /// <summary>Clocks of several hosts differ by less.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    private readonly StreamClock _clock = new();

    /// <summary>The latest time that an event can have: looked at again only for a later one, because asking the clock costs as much as counting an event.</summary>
    private DateTimeOffset _latestPossible = DateTimeOffset.MinValue;
    private long _disbelieved;
    private long _leaping;

    /// <summary>The time until which the events are known.</summary>
    public DateTimeOffset Latest => new(_clock.Now, TimeSpan.Zero);

    /// <summary>The events whose time was not believed.</summary>
    public long Disbelieved => _disbelieved + _leaping;

    /// <summary>Takes the time of an event.</summary>
    /// <returns>The time at which it is processed: its own, if it is believed.</returns>
    public DateTimeOffset Follow(DateTimeOffset time)
    {
        if (time > _latestPossible)
        {
            _latestPossible = clock.GetUtcNow() + Tolerance;
            if (time > _latestPossible)
            {
                _disbelieved++;
                return Latest;
            }
        }

        var before = _clock.Now;
        if (!_clock.TryAdvance(time))
        {
            _leaping++;
            return Latest;
        }

        // Those before it that made the same leap are believed with it.
        _disbelieved += _clock.Now - before > StreamClock.LongestLeap ? 0 : _leaping;
        _leaping = 0;
        return time;
    }

    /// <summary>Moves on to a time that is known to have come.</summary>
    public void Advance(DateTimeOffset to) => _clock.Advance(to);

    /// <summary>Warns of the events that were not believed.</summary>
    public void WriteWarning(ToolConsole console)
    {
        if (Disbelieved > 0)
        {
            console.WriteWarning($"{NumberText.Of(Disbelieved, "event is", "events are")} so far in the future that a clock must be wrong. No window was closed by {(Disbelieved == 1 ? "it" : "them")}; dataplane verify says where the first one is.");
        }
    }
}
