namespace ExperimentFramework.DataPlane;

/// <summary>
/// A destination that takes an event in memory, without waiting and without failing, so that it is called on the caller's
/// thread instead of through a queue.
/// </summary>
internal interface IImmediateBackplane : IDataBackplane
{
    void Publish(DataPlaneEnvelope envelope);
}
