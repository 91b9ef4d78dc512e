namespace ExperimentFramework.DataPlane.Science;

/// <summary>A destination of the events of this process.</summary>
public sealed record DestinationOverview
{
    /// <summary>The destination's name.</summary>
    public required string Name { get; init; }

    /// <summary>Whether it accepts events.</summary>
    public required DestinationState State { get; init; }

    /// <summary>The number of events that wait in memory or are being delivered.</summary>
    public required int Queued { get; init; }

    /// <summary>The number of events that wait in the outbox; null if there is none.</summary>
    public long? InOutbox { get; init; }

    /// <summary>The number of events that it has accepted since the process started.</summary>
    public required long Delivered { get; init; }

    /// <summary>The number of events for it that were dropped since the process started.</summary>
    public required long Dropped { get; init; }

    /// <summary>Since when it has been failing; null if it is not.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>Why it last did not accept events; null if it always has. Exceptions appear as in logs, so redaction applies.</summary>
    public string? LastError { get; init; }

    /// <summary>The last outage that has ended; null if there was none.</summary>
    public Outage? LastOutage { get; init; }
}

/// <summary>A period in which a destination accepted no events.</summary>
/// <param name="From">When it began.</param>
/// <param name="Until">When it ended.</param>
public sealed record Outage(DateTimeOffset From, DateTimeOffset Until);

/// <summary>The events of an experiment for one destination that were dropped for one reason.</summary>
/// <param name="Destination">The destination; <c>pipeline</c> if the events were dropped for all destinations.</param>
/// <param name="Variant">The key of the assigned variant; empty for categories that have none.</param>
/// <param name="EventType">The category.</param>
/// <param name="Reason">Why they were dropped, as in <see cref="AccountedDrops.Reason"/>.</param>
/// <param name="Events">The number of events.</param>
public sealed record DroppedEvents(string Destination, string Variant, string EventType, string Reason, long Events);

/// <summary>Whether a destination accepts events.</summary>
public enum DestinationState
{
    /// <summary>It accepts events as they come.</summary>
    Delivering = 0,

    /// <summary>It accepts events again, but some are still in the outbox.</summary>
    CatchingUp = 1,

    /// <summary>It has been failing for less than a minute, and is being retried.</summary>
    Retrying = 2,

    /// <summary>It has been failing for a minute or longer, and is being retried.</summary>
    Failing = 3,

    /// <summary>Events for it were dropped in the last ten seconds.</summary>
    LosingEvents = 4,
}
