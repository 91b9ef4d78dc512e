namespace ExperimentFramework.DataPlane.Science;

/// <summary>A destination of the events of this process.</summary>
public sealed record DestinationOverview
{
    /// <summary>The destination's name.</summary>
    public required string Name { get; init; }

    /// <summary>Whether it accepts events.</summary>
    public required DestinationState State { get; init; }

    /// <summary>The events that wait in memory or are on their way.</summary>
    public required int Queued { get; init; }

    /// <summary>The events that wait in the outbox; null if there is none.</summary>
    public long? InOutbox { get; init; }

    /// <summary>The events that it has accepted since the process started.</summary>
    public required long Delivered { get; init; }

    /// <summary>The events that were dropped in front of it since the process started.</summary>
    public required long Dropped { get; init; }

    /// <summary>Since when it has been failing; null if it is not.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>Why it did not accept events last; null if it always did. Exceptions are named as in logs, so redaction applies.</summary>
    public string? LastError { get; init; }

    /// <summary>The last time of failing that has ended; null if there was none.</summary>
    public Outage? LastOutage { get; init; }
}

/// <summary>A time in which a destination accepted no event.</summary>
/// <param name="From">When it began.</param>
/// <param name="Until">When it ended.</param>
public sealed record Outage(DateTimeOffset From, DateTimeOffset Until);

/// <summary>The events of an experiment that were dropped for one reason on their way to one destination.</summary>
/// <param name="Destination">The destination; <c>pipeline</c> for all of them.</param>
/// <param name="Variant">The key of the assigned variant; empty for categories that have none.</param>
/// <param name="EventType">The category.</param>
/// <param name="Reason">Why they were dropped, as in <see cref="AccountedDrops.Reason"/>.</param>
/// <param name="Events">The events.</param>
public sealed record DroppedEvents(string Destination, string Variant, string EventType, string Reason, long Events);

/// <summary>Whether a destination accepts events.</summary>
public enum DestinationState
{
    /// <summary>It accepts events as they come.</summary>
    Delivering = 0,

    /// <summary>It accepts events again, and some still wait in the outbox.</summary>
    CatchingUp = 1,

    /// <summary>It has been failing for less than a minute, and is being retried.</summary>
    Retrying = 2,

    /// <summary>It has been failing for a minute or longer, and is being retried.</summary>
    Failing = 3,

    /// <summary>Events for it were dropped in the last ten seconds.</summary>
    LosingEvents = 4,
}
