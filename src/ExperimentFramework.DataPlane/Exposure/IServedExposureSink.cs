namespace ExperimentFramework.DataPlane;

/// <summary>Remembers what was served, for exposures that are logged by hand.</summary>
internal interface IServedExposureSink
{
    void Remember(ServedExposure served);
}
