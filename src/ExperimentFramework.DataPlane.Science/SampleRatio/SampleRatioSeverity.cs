namespace ExperimentFramework.DataPlane.Science;

/// <summary>The verdict of a sample ratio test.</summary>
public enum SampleRatioSeverity
{
    /// <summary>The counts agree with the planned split.</summary>
    None,

    /// <summary>The counts deviate: a single look with p below 0.01, or a sequential p of at most 0.05.</summary>
    Warning,

    /// <summary>The counts contradict the planned split: a single look with p below 0.001, a sequential p of at most 0.01, or subjects in a variant with weight 0.</summary>
    Alert,

    /// <summary>There are too few subjects: the smallest expected count is below 1.</summary>
    Insufficient,

    /// <summary>There is no split to test: only one variant has a weight.</summary>
    NotTestable,
}
