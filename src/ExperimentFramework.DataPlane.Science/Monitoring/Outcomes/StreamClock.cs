namespace ExperimentFramework.DataPlane.Science;

/// <summary>
/// The time of a stream of events, which never goes backwards: the clock in a process, the times of the events over files. A jump of more than 31 days is accepted only after 16 consecutive events, so that one event from the
/// far future does not close every window.
/// </summary>
internal sealed class StreamClock
{
    private const int EventsToAccept = 16;

    /// <summary>The longest jump that is accepted from a single event, in ticks.</summary>
    public static readonly long LongestLeap = TimeSpan.FromDays(31).Ticks;

    private int _leaps;
    private long _rejected;

    /// <summary>The time, in ticks of UTC; 0 before the first event.</summary>
    public long Now { get; private set; }

    /// <summary>Moves the time forward to that of an event.</summary>
    /// <returns>False if the event is too far ahead, so that its time is not accepted.</returns>
    public bool TryAdvance(DateTimeOffset to)
    {
        var ticks = to.UtcTicks;
        if (Now > 0 && ticks - Now > LongestLeap && ++_leaps < EventsToAccept)
        {
            _rejected = Math.Max(_rejected, ticks);
            return false;
        }

        Advance(to);
        return true;
    }

    /// <summary>Moves the time forward to a time that has been reached, unless it comes only from an event that was not accepted (over files, it is the latest time of the events).</summary>
    public void Close(DateTimeOffset to)
    {
        if (to.UtcTicks > _rejected || to.UtcTicks - Now <= LongestLeap)
        {
            Advance(to);
        }
    }

    /// <summary>Moves the time forward.</summary>
    public void Advance(DateTimeOffset to)
    {
        _leaps = 0;
        _rejected = 0;
        Now = Math.Max(Now, to.UtcTicks);
    }

    /// <summary>Writes the time, and the events that were not accepted.</summary>
    public void Write(BinaryWriter writer)
    {
        writer.Write(Now);
        writer.Write(_leaps);
        writer.Write(_rejected);
    }

    /// <summary>Reads the data written by <see cref="Write"/>.</summary>
    /// <exception cref="FormatException">The data is invalid.</exception>
    public static StreamClock Read(BinaryReader reader) => new()
    {
        Now = OutcomeFormat.ReadTicks(reader),
        _leaps = OutcomeFormat.Range(reader.ReadInt32(), 0, int.MaxValue),
        _rejected = OutcomeFormat.ReadTicks(reader),
    };
}
