namespace ExperimentFramework.DataPlane;

/// <summary>When an exposure is recorded.</summary>
public enum ExposureSemantics
{
    /// <summary>At each decision, which for a proxy means each exposing call.</summary>
    OnDecision = 0,

    /// <summary>
    /// When the assigned or served variant differs from the last recorded exposure of the subject within
    /// <see cref="DataPlaneOptions.RepeatWindow"/>.
    /// </summary>
    OnFirstUse = 1,

    /// <summary>
    /// Only when code asks for it: with <see cref="IExposureLogger{TService}"/>, <see cref="IExperiments.ExposeAsync"/> or <see cref="IExposureRecorder.RecordAsync"/>.
    /// </summary>
    Explicit = 2,
}
