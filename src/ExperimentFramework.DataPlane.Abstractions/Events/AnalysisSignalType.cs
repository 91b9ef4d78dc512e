namespace ExperimentFramework.DataPlane;

/// <summary>The kinds of findings about an experiment.</summary>
public enum AnalysisSignalType
{
    /// <summary>The observed split differs from the planned split by more than chance explains.</summary>
    SampleRatioMismatch = 0,

    /// <summary>A planned look at a sequential test.</summary>
    SequentialCheckpoint = 1,

    /// <summary>Results were looked at before the planned sample was reached.</summary>
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

    /// <summary>The accounts of a producer and the events that arrived differ, or its last account is missing.</summary>
    IncompleteStream = 10,

    /// <summary>How the experiment is to be analysed, as it was planned before its first exposure.</summary>
    PlanDeclared = 11,
}
