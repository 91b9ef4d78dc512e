namespace ExperimentFramework.DataPlane.Science;

/// <summary>All experiments at one moment.</summary>
public sealed record ExperimentOverview
{
    /// <summary>The version of this shape, as <c>major.minor.patch</c>.</summary>
    public string SchemaVersion { get; init; } = "1.0.0";

    /// <summary>The moment.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Where the events come from.</summary>
    public required ReadModelSource Source { get; init; }

    /// <summary>The experiments, by name.</summary>
    public required IReadOnlyList<ExperimentListItem> Experiments { get; init; }

    /// <summary>The number of events of experiments that are not monitored because there are too many.</summary>
    public required long IgnoredEvents { get; init; }

    /// <summary>The number of events with a category that this version does not know.</summary>
    public required long UnknownEvents { get; init; }

    /// <summary>The number of events that the monitor could not count because of an internal fault; <see cref="ExperimentListItem.HasFailed"/> is true for their experiments.</summary>
    public long FailedEvents { get; init; }

    /// <summary>The number of signals that were dropped because they were not taken in time.</summary>
    public long DroppedSignals { get; init; }

    /// <summary>The time of processing at which all verdicts were last computed: in a process at most a second ago, over files the time of the last event. Null if they never were.</summary>
    public DateTimeOffset? EvaluatedAt { get; init; }

    /// <summary>The destinations of this process's events, in the order of their registration; empty if the events come from elsewhere.</summary>
    public IReadOnlyList<DestinationOverview> Destinations { get; init; } = [];
}

/// <summary>One experiment in the list.</summary>
public sealed record ExperimentListItem
{
    /// <summary>The experiment's name.</summary>
    public required string Name { get; init; }

    /// <summary>The verdict on its split.</summary>
    public required ExperimentState State { get; init; }

    /// <summary>The natural logarithm of the p-value of the sequential sample ratio test: the smallest since the last reset, 0 before the first subject.</summary>
    public required double LogPValue { get; init; }

    /// <summary>The number of the current run, from 1; 0 before the first subject.</summary>
    public required int Run { get; init; }

    /// <summary>The variants, in order of appearance, with their subjects under the current version of the weights.</summary>
    public required IReadOnlyList<AllocatedVariant> Variants { get; init; }

    /// <summary>The subjects counted in the current run, of all variants and versions of the weights.</summary>
    public required long Subjects { get; init; }

    /// <summary>All exposures since the monitor started to watch the experiment.</summary>
    public required long Exposures { get; init; }

    /// <summary>The number of exposures that producers reported as lost.</summary>
    public required long LostExposures { get; init; }

    /// <summary>Whether more subjects than expected moved to another variant without an explanation.</summary>
    public required bool HasCrossovers { get; init; }

    /// <summary>Why comparisons of variants cannot be trusted and are omitted, as sentences with the remedy; null if they can: the split is broken, or lost exposures explain an alarming deviation.</summary>
    public string? Doubt { get; init; }

    /// <summary>Whether the monitor failed to process the experiment because of an internal fault, so that its counts and verdicts are incomplete.</summary>
    public bool HasFailed { get; init; }

    /// <summary>The exposures in each of the last 60 minutes, oldest first. The last minute is not over yet.</summary>
    public required IReadOnlyList<long> ExposuresPerMinute { get; init; }

    /// <summary>When the experiment ends, according to its plan; null if the plan has no end.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>When the latest exposure happened, by the clock of its producer; null before the first.</summary>
    public DateTimeOffset? LastExposure { get; init; }
}
