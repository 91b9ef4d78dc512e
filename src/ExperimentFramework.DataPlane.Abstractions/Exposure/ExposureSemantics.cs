namespace ExperimentFramework.DataPlane;

/// <summary>When an exposure is recorded.</summary>
public enum ExposureSemantics
{
    /// <summary>At each decision, which for a proxy is each exposing call.</summary>
    OnDecision = 0,

    /// <summary>
    /// When the subject's assigned and served variants differ from what was last told of it inside
    /// <see cref="DataPlaneOptions.RepeatWindow"/>.
    /// </summary>
    OnFirstUse = 1,

    /// <summary>Only when <see cref="IExposureLogger{TService}"/> is called.</summary>
    Explicit = 2,
}
