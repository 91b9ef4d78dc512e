namespace ExperimentFramework.DataPlane.Science;

/// <summary>The monitor's verdict on an experiment's split.</summary>
public enum ExperimentState
{
    /// <summary>Too few subjects have been counted for a verdict: a variant is expected to have less than one.</summary>
    Gathering = 0,

    /// <summary>The observed split agrees with the plan as far as chance allows.</summary>
    Healthy = 1,

    /// <summary>The observed split is suspicious: p is at most 0.05.</summary>
    Warning = 2,

    /// <summary>The observed split differs from the plan: p is at most 0.01, and lost events cannot explain it. Results cannot be trusted.</summary>
    SampleRatioMismatch = 3,

    /// <summary>The observed split differs from the plan, but the exposures that were lost could explain it.</summary>
    Inconclusive = 4,

    /// <summary>The stream does not allow a test, for example because its subjects are redacted to one placeholder.</summary>
    NotTestable = 5,
}
