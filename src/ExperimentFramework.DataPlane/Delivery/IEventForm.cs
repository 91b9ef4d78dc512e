namespace ExperimentFramework.DataPlane;

/// <summary>Makes events of one kind from their records, on the worker's side.</summary>
internal interface IEventForm
{
    DataPlaneEvent Make(in EventRecord record);

    /// <summary>Counts the record as dropped, by the experiment and variant it is about.</summary>
    void Drop(in EventRecord record, string reason);
}
