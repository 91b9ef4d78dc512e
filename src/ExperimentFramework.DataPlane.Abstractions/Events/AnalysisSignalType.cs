namespace ExperimentFramework.DataPlane;

/// <summary>The kinds of findings about an experiment.</summary>
public enum AnalysisSignalType
{
    /// <summary>The observed split differs from the planned split by more than chance explains.</summary>
    SampleRatioMismatch = 0,

    /// <summary>A planned look at a sequential test.</summary>
    SequentialCheckpoint = 1,

    /// <summary>Results were looked at when the plan has no look, or the plan was changed after the first exposure.</summary>
    PeekingWarning = 2,

    /// <summary>The minimum planned sample size was reached.</summary>
    MinimumSampleReached = 3,

    /// <summary>The planned power was reached.</summary>
    PowerThresholdMet = 4,

    /// <summary>A finding defined by the application.</summary>
    Custom = 5,

    /// <summary>A set of weights took effect: the planned split.</summary>
    AllocationDeclared = 6,

    /// <summary>More subjects than expected moved to another variant without an explanation.</summary>
    SubjectCrossovers = 7,

    /// <summary>Exposures name an allocation version whose weights were never declared, so their split cannot be tested.</summary>
    UndeclaredAllocation = 8,

    /// <summary>The experiment's stream cannot be tested, for example because redaction makes all subjects look alike.</summary>
    NotTestable = 9,

    /// <summary>Exposures that a producer says it published have not arrived, or its accounts ended without a last one.</summary>
    IncompleteStream = 10,

    /// <summary>How the experiment is to be analysed: published at its first exposure, and for each later plan.</summary>
    PlanDeclared = 11,
}
