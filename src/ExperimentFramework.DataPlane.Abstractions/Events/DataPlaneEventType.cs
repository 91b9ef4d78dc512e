namespace ExperimentFramework.DataPlane;

/// <summary>The categories of events, each with its switch in <see cref="DataPlaneOptions"/>.</summary>
public enum DataPlaneEventType
{
    /// <summary>A subject was served a variant.</summary>
    Exposure = 0,

    /// <summary>A subject's variant changed.</summary>
    Assignment = 1,

    /// <summary>The result of a served call.</summary>
    Outcome = 2,

    /// <summary>A finding about an experiment.</summary>
    AnalysisSignal = 3,

    /// <summary>An error in the data plane itself.</summary>
    Error = 4,

    /// <summary>Something that was measured of a subject.</summary>
    Metric = 5,

    /// <summary>What a process has published and dropped.</summary>
    Accounting = 6,
}
