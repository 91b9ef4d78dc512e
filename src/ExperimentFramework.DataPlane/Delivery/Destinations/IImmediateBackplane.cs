namespace ExperimentFramework.DataPlane;

/// <summary>
/// A destination that stores events in memory, without waiting or failing, so that it is called on the caller's
/// thread and not through a queue.
/// </summary>
internal interface IImmediateBackplane : IDataBackplane
{
    void Publish(DataPlaneEnvelope envelope);
}
