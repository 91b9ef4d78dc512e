using System.Diagnostics;

namespace ExperimentFramework.DataPlane;

/// <summary>Records of events that are made already.</summary>
internal sealed class PrebuiltEvents(DropLedger drops) : IEventFactory
{
    /// <summary>The record of an event.</summary>
    /// <param name="dataPlaneEvent">The event.</param>
    /// <param name="activity">The activity it happened in.</param>
    /// <param name="notedAt">When it was noted, in ticks of UTC.</param>
    public EventRecord RecordOf(DataPlaneEvent dataPlaneEvent, Activity? activity, long notedAt) => new()
    {
        Factory = this,
        Payload = dataPlaneEvent,
        Activity = activity,
        Timestamp = dataPlaneEvent.Timestamp.UtcTicks,
        EnqueuedAt = notedAt,
    };

    public DataPlaneEvent Create(in EventRecord record, out DataPlaneEvent? before)
    {
        before = null;
        return (DataPlaneEvent)record.Payload!;
    }

    public int Drop(in EventRecord record, string reason)
    {
        drops.Count((DataPlaneEvent)record.Payload!, reason);
        return 1;
    }
}
