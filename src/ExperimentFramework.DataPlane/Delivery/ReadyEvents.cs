namespace ExperimentFramework.DataPlane;

/// <summary>Records of events that were made on the caller's thread.</summary>
internal sealed class ReadyEvents(DropLedger drops) : IEventForm
{
    public DataPlaneEvent Make(in EventRecord record) => (DataPlaneEvent)record.Content!;

    public void Drop(in EventRecord record, string reason) => drops.Count((DataPlaneEvent)record.Content!, reason);
}
