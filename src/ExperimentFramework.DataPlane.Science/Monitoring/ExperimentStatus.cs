namespace ExperimentFramework.DataPlane.Science;

/// <summary>What the monitor knows of one experiment, at one moment.</summary>
public sealed record ExperimentStatus
{
    /// <summary>The experiment's name.</summary>
    public required string Name { get; init; }

    /// <summary>What is said of its split.</summary>
    public required ExperimentState State { get; init; }

    /// <summary>Why it cannot be tested; null if it can. One of the reasons of the signal <c>NotTestable</c>.</summary>
    public string? NotTestableReason { get; init; }

    /// <summary>The natural logarithm of the p-value of the sequential sample ratio test: the smallest since the last reset, 0 before the first subject.</summary>
    public required double LogPValue { get; init; }

    /// <summary>The number of the current run, from 1; 0 before the first subject.</summary>
    public required int Run { get; init; }

    /// <summary>The id of the pseudonym key of the current run's subjects; null if there is none.</summary>
    public string? PseudonymKeyId { get; init; }

    /// <summary>The variants that have a weight or exposures, in order of appearance.</summary>
    public required IReadOnlyList<VariantStatus> Variants { get; init; }

    /// <summary>The subjects counted in the current run, of all variants and versions of the weights.</summary>
    public required long Subjects { get; init; }

    /// <summary>The subjects that are remembered. Those forgotten are still counted.</summary>
    public required int SubjectsHeld { get; init; }

    /// <summary>The probability with which a new subject is counted: 1, and half as much each time that memory was full.</summary>
    public required double CountedShare { get; init; }

    /// <summary>How many of the subjects held moved to another variant without an explanation.</summary>
    public required int Crossovers { get; init; }

    /// <summary>How many of the subjects held moved to another variant for a known reason, such as new weights.</summary>
    public required int ExplainedMoves { get; init; }

    /// <summary>Whether the crossovers were signaled.</summary>
    public required bool HasCrossovers { get; init; }

    /// <summary>All exposures since the monitor started to watch the experiment.</summary>
    public required long Exposures { get; init; }

    /// <summary>The exposures that their process marked as repeats.</summary>
    public required long Repeats { get; init; }

    /// <summary>The exposures that could not count a subject, by reason.</summary>
    public required IReadOnlyDictionary<string, long> Excluded { get; init; }

    /// <summary>The exposures by reason of selection.</summary>
    public required IReadOnlyDictionary<string, long> SelectionReasons { get; init; }

    /// <summary>The versions of the weights that were never declared.</summary>
    public required IReadOnlyList<string> UndeclaredVersions { get; init; }

    /// <summary>What the experiment shows: its metrics, that which decides first. Comparisons of an experiment whose split is broken are left out; <see cref="ExperimentMonitor.GetReadOuts(string, bool)"/> gives them.</summary>
    public required IReadOnlyList<MetricReadOut> ReadOuts { get; init; }

    /// <summary>When the latest exposure happened, by the clock of its producer; null before the first.</summary>
    public DateTimeOffset? LastExposure { get; init; }
}

/// <summary>The subjects and exposures of one variant.</summary>
/// <param name="Key">The key of the variant.</param>
/// <param name="Subjects">The subjects counted under a known plan.</param>
/// <param name="Expected">How many of them the plan expects; 0 without a plan.</param>
/// <param name="Exposures">The exposures of subjects assigned to it.</param>
/// <param name="Fallbacks">Those of them that another variant answered.</param>
/// <param name="LostExposures">The exposures that producers say they lost.</param>
public sealed record VariantStatus(string Key, long Subjects, double Expected, long Exposures, long Fallbacks, long LostExposures);
