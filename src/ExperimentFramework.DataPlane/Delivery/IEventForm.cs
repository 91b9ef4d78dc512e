namespace ExperimentFramework.DataPlane;

/// <summary>Makes events of one kind from their records, on the worker's side.</summary>
internal interface IEventForm
{
    /// <summary>Makes the event; called once for each record that is not dropped.</summary>
    /// <param name="record">The record.</param>
    /// <param name="before">An event that this one brings with it, to be told first; null for none.</param>
    DataPlaneEvent Make(in EventRecord record, out DataPlaneEvent? before);

    /// <summary>Counts the record as dropped, by the experiment and variant it is about.</summary>
    void Drop(in EventRecord record, string reason);
}
