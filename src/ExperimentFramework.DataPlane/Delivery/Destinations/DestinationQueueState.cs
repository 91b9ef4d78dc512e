using System.Globalization;

namespace ExperimentFramework.DataPlane;

/// <summary>The state of the queue in front of a destination, as health shows it.</summary>
/// <param name="Queued">The number of events that are waiting or being delivered.</param>
/// <param name="Capacity">The capacity of the queue, in events.</param>
/// <param name="Oldest">When the oldest of them was queued; null if there is none.</param>
/// <param name="InOutbox">The number of events in the outbox; null if there is no outbox.</param>
internal readonly record struct DestinationQueueState(int Queued, int Capacity, DateTimeOffset? Oldest, long? InOutbox)
{
    /// <summary>Adds the numbers to the diagnostics of a destination.</summary>
    public void Describe(Dictionary<string, object> diagnostics, DateTimeOffset now)
    {
        diagnostics["queued"] = Queued;
        diagnostics["queue_capacity"] = Capacity;
        if (Oldest is { } oldest)
        {
            diagnostics["oldest_age_seconds"] = Math.Max(0, (now - oldest).TotalSeconds);
        }

        if (InOutbox is { } inOutbox)
        {
            diagnostics["in_outbox"] = inOutbox;
        }
    }

    /// <summary>Returns why the queue makes its destination degraded; null if it does not.</summary>
    public string? DegradedReason(string name) =>
        InOutbox > 0 ? string.Create(CultureInfo.InvariantCulture, $"{InOutbox} events for {name} wait in the outbox.")
        : Queued * 5L >= Capacity * 4L && Capacity > 1 ? string.Create(CultureInfo.InvariantCulture, $"{Queued} of at most {Capacity} events wait for {name}.")
        : null;
}
