using System.Diagnostics;

namespace ExperimentFramework.DataPlane;

/// <summary>Records of events that are made already.</summary>
internal sealed class ReadyEvents(DropLedger drops) : IEventForm
{
    /// <summary>The record of an event.</summary>
    /// <param name="dataPlaneEvent">The event.</param>
    /// <param name="activity">The activity it happened in.</param>
    /// <param name="notedAt">When it was noted, in ticks of UTC.</param>
    public EventRecord RecordOf(DataPlaneEvent dataPlaneEvent, Activity? activity, long notedAt) => new()
    {
        Form = this,
        Content = dataPlaneEvent,
        Activity = activity,
        Timestamp = dataPlaneEvent.Timestamp.UtcTicks,
        NotedAt = notedAt,
    };

    public DataPlaneEvent Make(in EventRecord record, out DataPlaneEvent? before)
    {
        before = null;
        return (DataPlaneEvent)record.Content!;
    }

    public int Drop(in EventRecord record, string reason)
    {
        drops.Count((DataPlaneEvent)record.Content!, reason);
        return 1;
    }
}
