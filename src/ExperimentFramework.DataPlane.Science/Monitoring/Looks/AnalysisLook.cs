namespace ExperimentFramework.DataPlane.Science;

/// <summary>A look at the results of an experiment, as recorded in a ledger.</summary>
public sealed record AnalysisLook
{
    /// <summary>When the look was taken.</summary>
    public required DateTimeOffset Timestamp { get; init; }

    /// <summary>Who looked: a user, a tool or a scheduled report.</summary>
    public required string By { get; init; }

    /// <summary>The experiment.</summary>
    public required string ExperimentName { get; init; }

    /// <summary>The number of the experiment's run, from 1; 0 before the first subject.</summary>
    public required int Run { get; init; }

    /// <summary>The metric that was looked at; null for all.</summary>
    public string? Metric { get; init; }

    /// <summary>The subjects that had been counted.</summary>
    public required long Subjects { get; init; }

    /// <summary>What was shown, as described by the caller.</summary>
    public required string Shown { get; init; }

    /// <summary>The hash of the plan at the time; null if there was none.</summary>
    public string? PlanHash { get; init; }

    /// <summary>Why the plan did not allow the look: <c>early-look</c> or <c>unplanned-look</c>; null if it allowed it, or if there was no plan.</summary>
    public string? Reason { get; init; }

    /// <summary>
    /// The error rate spent by this look and the earlier looks in the run, as long as the primary metric was the same, from 0 to 1. Null if looks do not spend any, because there is no plan or the plan allows any look, or if the planned sample was not known.
    /// </summary>
    public double? AlphaSpent { get; init; }
}
