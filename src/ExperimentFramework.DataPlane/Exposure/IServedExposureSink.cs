namespace ExperimentFramework.DataPlane;

/// <summary>Receives served exposures, so that the application can log them explicitly.</summary>
internal interface IServedExposureSink
{
    void Remember(ServedExposure served);
}
