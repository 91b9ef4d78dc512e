namespace ExperimentFramework.DataPlane.Science;

/// <summary>A look at the results of an experiment, as a ledger keeps it.</summary>
public sealed record AnalysisLook
{
    /// <summary>When it was.</summary>
    public required DateTimeOffset Timestamp { get; init; }

    /// <summary>Who looked: a user, a tool, a scheduled report.</summary>
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

    /// <summary>The hash of the plan in force; null if there was none.</summary>
    public string? PlanHash { get; init; }

    /// <summary>Why the plan had no look then: <c>early-look</c> or <c>unplanned-look</c>; null if it allowed it, or if there was no plan.</summary>
    public string? Reason { get; init; }

    /// <summary>
    /// The error rate that this look and those before it in the run have spent, from 0 to 1; null if looks cost nothing, because there is no plan or one that allows any look, and if the planned sample was not known.
    /// </summary>
    public double? AlphaSpent { get; init; }
}
