using System.Diagnostics;

namespace ExperimentFramework.DataPlane;

/// <summary>Creates records for events that have already been built.</summary>
internal sealed class PrebuiltEvents(DropLedger drops) : IEventFactory
{
    /// <summary>Creates the record of an event.</summary>
    /// <param name="dataPlaneEvent">The event.</param>
    /// <param name="activity">The activity in which the event happened.</param>
    /// <param name="enqueuedAt">When the event was enqueued, in UTC ticks.</param>
    public EventRecord RecordOf(DataPlaneEvent dataPlaneEvent, Activity? activity, long enqueuedAt) => new()
    {
        Factory = this,
        Payload = dataPlaneEvent,
        Activity = activity,
        Timestamp = dataPlaneEvent.Timestamp.UtcTicks,
        EnqueuedAt = enqueuedAt,
    };

    public DataPlaneEvent Create(in EventRecord record, out DataPlaneEvent? precedingEvent)
    {
        precedingEvent = null;
        return (DataPlaneEvent)record.Payload!;
    }

    public int Drop(in EventRecord record, string reason)
    {
        drops.Count((DataPlaneEvent)record.Payload!, reason);
        return 1;
    }
}
