namespace ExperimentFramework.DataPlane.Science;

/// <summary>The status of one experiment, at one moment.</summary>
public sealed record ExperimentStatus
{
    /// <summary>The experiment's name.</summary>
    public required string Name { get; init; }

    /// <summary>The verdict on its split.</summary>
    public required ExperimentState State { get; init; }

    /// <summary>Why it cannot be tested; null if it can. One of the reasons of the signal <c>NotTestable</c>.</summary>
    public string? NotTestableReason { get; init; }

    /// <summary>The natural logarithm of the p-value of the sequential sample ratio test: the smallest since the last reset, 0 before the first subject.</summary>
    public required double LogPValue { get; init; }

    /// <summary>
    /// ln E of the latest run against its planned split at the last evaluation, minus the correction for the number of runs and hosts. The split is suspicious from ln 20 and broken from ln 100. A negative value is evidence for the plan.
    /// </summary>
    public double LogEvidence { get; init; }

    /// <summary>The number of the current run, from 1; 0 before the first subject.</summary>
    public required int Run { get; init; }

    /// <summary>When the current run started; null before the first subject.</summary>
    public DateTimeOffset? RunStartedAt { get; init; }

    /// <summary>The id of the pseudonym key of the current run's subjects; null if there is none.</summary>
    public string? PseudonymKeyId { get; init; }

    /// <summary>The variants that have a weight or exposures, in order of appearance.</summary>
    public required IReadOnlyList<VariantStatus> Variants { get; init; }

    /// <summary>The subjects of the current run by version of the weights, in order of appearance. If there are more than 64 versions, the counts of the oldest have been dropped.</summary>
    public IReadOnlyList<AllocationStatus> Allocations { get; init; } = [];

    /// <summary>The version of the weights under which most of the latest subjects were counted; null before the first.</summary>
    public string? CurrentAllocation { get; init; }

    /// <summary>The moment since which the deviation is strongest; null if it is strongest since the beginning of the run, or if there is no verdict on the split.</summary>
    public DeviationStart? DeviatesSince { get; init; }

    /// <summary>The segments whose split deviates from the plan, strongest evidence first.</summary>
    public IReadOnlyList<SegmentStatus> SegmentsOff { get; init; } = [];

    /// <summary>The subjects counted in the current run, of all variants and versions of the weights.</summary>
    public required long Subjects { get; init; }

    /// <summary>The number of subjects in memory. Subjects that were forgotten remain counted.</summary>
    public required int SubjectsHeld { get; init; }

    /// <summary>The probability with which a new subject is counted: 1, halved each time the memory was full.</summary>
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

    /// <summary>The exposures that do not count a subject, by reason.</summary>
    public required IReadOnlyDictionary<string, long> Excluded { get; init; }

    /// <summary>The exposures by reason of selection.</summary>
    public required IReadOnlyDictionary<string, long> SelectionReasons { get; init; }

    /// <summary>The exposures by the sampling rate that they were recorded with, the highest rate first, at most 32 rates.</summary>
    public IReadOnlyList<SampledExposures> SamplingRates { get; init; } = [];

    /// <summary>The exposures of all further rates, and of rates that are not from 0 to 1: together with those of <see cref="SamplingRates"/> these are all exposures.</summary>
    public long OtherSamplingRateExposures { get; init; }

    /// <summary>The exposures that producers reported as lost, by variant and reason, largest first.</summary>
    public IReadOnlyList<LostByReason> LostByReason { get; init; } = [];

    /// <summary>The results of the exposing calls of each variant, from the latest accounts of <see cref="Producers"/>; empty before the first account.</summary>
    public IReadOnlyList<VariantCalls> Calls { get; init; } = [];

    /// <summary>The versions of the weights that were never declared.</summary>
    public required IReadOnlyList<string> UndeclaredVersions { get; init; }

    /// <summary>Why comparisons of variants cannot be trusted and are omitted, as sentences with the remedy; null if they can: the split is broken, or lost exposures explain an alarming deviation.</summary>
    public string? Doubt { get; init; }

    /// <summary>The read-outs of the metrics, the primary one first. If there is a <see cref="Doubt"/>, comparisons are omitted; <see cref="ExperimentMonitor.GetReadOuts(string, bool)"/> returns them.</summary>
    public required IReadOnlyList<MetricReadOut> ReadOuts { get; init; }

    /// <summary>The outcomes of members beyond the first eight of the current run. They are not read out unless a metric of the plan uses them.</summary>
    public long IgnoredOutcomes { get; init; }

    /// <summary>The subjects of the current run whose first exposure is dated more than 31 days ahead of the stream's time. Their metrics are not read out.</summary>
    public long UnbelievedSubjects { get; init; }

    /// <summary>The analysis plan; null if there is none.</summary>
    public PlanStatus? Plan { get; init; }

    /// <summary>Whether the latest plan in the stream cannot be read by this version. Such a plan may restrict when results are shown.</summary>
    public bool HasUnreadablePlan { get; init; }

    /// <summary>The builds from which variants were served since this process started to monitor the experiment: the first 256, in order of appearance.</summary>
    public IReadOnlyList<BuildStatus> Builds { get; init; } = [];

    /// <summary>The exposures of builds beyond the first 256.</summary>
    public long OtherBuildExposures { get; init; }

    /// <summary>The producers of the exposures and what their accounts expect, at most 256.</summary>
    public IReadOnlyList<ProducerStatus> Producers { get; init; } = [];

    /// <summary>When the latest exposure happened, by the clock of its producer; null before the first.</summary>
    public DateTimeOffset? LastExposure { get; init; }
}

/// <summary>The subjects and exposures of one variant.</summary>
/// <param name="Key">The key of the variant.</param>
/// <param name="Subjects">The subjects counted under a known plan.</param>
/// <param name="Expected">How many of them the plan expects; 0 without a plan.</param>
/// <param name="Exposures">The exposures of subjects that are assigned to it.</param>
/// <param name="Fallbacks">Those of them that were served by another variant.</param>
/// <param name="LostExposures">The exposures that producers reported as lost.</param>
public sealed record VariantStatus(string Key, long Subjects, double Expected, long Exposures, long Fallbacks, long LostExposures);

/// <summary>The exposures that were recorded with one sampling rate.</summary>
/// <param name="Rate">The rate, from 0 to 1.</param>
/// <param name="Exposures">The exposures.</param>
public sealed record SampledExposures(double Rate, long Exposures);

/// <summary>The exposures of one variant that were lost for one reason.</summary>
/// <param name="Variant">The key of the variant.</param>
/// <param name="Reason">The reason, as in <see cref="AccountedDrops.Reason"/>.</param>
/// <param name="Exposures">The exposures.</param>
public sealed record LostByReason(string Variant, string Reason, long Exposures);

/// <summary>The results of the exposing calls of one variant.</summary>
/// <param name="Key">The key of the variant.</param>
/// <param name="ExposingCalls">All of them, as in <see cref="AccountedCalls.ExposingCalls"/>.</param>
/// <param name="RepeatsNotRecorded">Those that were not recorded because they repeated the subject's last exposure.</param>
/// <param name="SampledOut">Those whose subject is not in the sample.</param>
/// <param name="NoSubject">Those whose subject was required but unknown.</param>
public sealed record VariantCalls(string Key, long ExposingCalls, long RepeatsNotRecorded, long SampledOut, long NoSubject);

/// <summary>The subjects that were counted under one version of the weights.</summary>
/// <param name="Version">The version.</param>
/// <param name="IsDeclared">Whether its weights are known.</param>
/// <param name="Variants">The variants with a share or with subjects.</param>
public sealed record AllocationStatus(string Version, bool IsDeclared, IReadOnlyList<AllocatedVariant> Variants);

/// <summary>The subjects of one variant under one version of the weights.</summary>
/// <param name="Key">The key of the variant.</param>
/// <param name="Share">Its planned share, from 0 to 1; null if the weights are unknown.</param>
/// <param name="Subjects">The subjects counted.</param>
public sealed record AllocatedVariant(string Key, double? Share, long Subjects);

/// <summary>The moment since which a deviation is strongest.</summary>
/// <param name="Time">The moment.</param>
/// <param name="Reason">What began then: <c>day</c>, <c>allocation</c> (new weights) or <c>build</c> (new code of a variant).</param>
public sealed record DeviationStart(DateTimeOffset Time, string Reason);

/// <summary>A segment whose split deviates from the plan.</summary>
/// <param name="Name">Its name and value, such as <c>country=DE</c>.</param>
/// <param name="Subjects">The subjects counted in it.</param>
/// <param name="WorstVariant">The variant that deviates most; null without a plan.</param>
/// <param name="RelativeDeviation">The relative deviation of that variant: -0.1 if a tenth of its subjects is missing.</param>
public sealed record SegmentStatus(string Name, long Subjects, string? WorstVariant, double? RelativeDeviation);

/// <summary>A build from which a variant was served.</summary>
/// <param name="Id">The module version id.</param>
/// <param name="Variant">The key of the variant; null if the module contains several variants.</param>
/// <param name="Exposures">The exposures.</param>
/// <param name="FirstSeen">When the first of its exposures arrived.</param>
/// <param name="LastSeen">When the latest of its exposures arrived.</param>
public sealed record BuildStatus(Guid Id, string? Variant, long Exposures, DateTimeOffset FirstSeen, DateTimeOffset LastSeen);

/// <summary>The exposures of one producer: one pipeline of one process.</summary>
/// <param name="Id">The producer, as in <see cref="AccountingEvent.ProducerId"/>.</param>
/// <param name="Received">The exposures that have arrived.</param>
/// <param name="Expected">The exposures that were published and not dropped, according to its latest account; null without an account.</param>
/// <param name="Missing">How many of those had not arrived when the account arrived; 0 if none, or if some arrived twice.</param>
/// <param name="AsOf">The end of the period that the account covers; null without an account.</param>
/// <param name="HasEnded">Whether the account is the producer's last.</param>
public sealed record ProducerStatus(string Id, long Received, long? Expected, long Missing, DateTimeOffset? AsOf, bool HasEnded);

/// <summary>The plan of an experiment.</summary>
/// <param name="Version">Its version.</param>
/// <param name="Hash">The hash of its settings, which its signals contain.</param>
/// <param name="Owner">Who makes the decision; null if the plan has no owner.</param>
/// <param name="EndsAt">When the experiment ends; null if the plan has no end.</param>
/// <param name="PlannedSubjects">The number of subjects that it requires at the current weights; null if it cannot be computed.</param>
/// <param name="IsAlwaysValid">Whether results may be looked at at any time.</param>
/// <param name="Settings">All settings as text, by name.</param>
public sealed record PlanStatus(int Version, string Hash, string? Owner, DateTimeOffset? EndsAt, long? PlannedSubjects, bool IsAlwaysValid, IReadOnlyDictionary<string, string> Settings)
{
    /// <summary>The error rate that the plan allows, from 0 to 1.</summary>
    public double Alpha { get; init; }

    /// <summary>The planned looks, in order; empty if looks are allowed at any time.</summary>
    public IReadOnlyList<PlannedLook> Looks { get; init; } = [];

    /// <summary>The time before which the plan allows no look in the current run, because the minimum run time is not over; null if it is over, or before the first subject.</summary>
    public DateTimeOffset? LooksNotBefore { get; init; }
}

/// <summary>A planned look.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="InformationTime">The share of the planned sample at which it is due, above 0 and at most 1.</param>
/// <param name="Subjects">The number of subjects at which it is due; null if the planned sample is not known. Its test counts only subjects whose window of the primary metric has closed.</param>
/// <param name="AlphaSpent">The error rate that the run has spent by then, at most <see cref="PlanStatus.Alpha"/> or, in a later run, its share of it; null if the planned sample is not known.</param>
/// <param name="IsReached">Whether the current run has reached it: its test includes enough subjects, whose windows have closed, and the minimum run time is over. A look that was made stays reached. Once the minimum run time is over, a plan with a fixed horizon allows a look as soon as that many subjects are counted.</param>
public sealed record PlannedLook(int Number, double InformationTime, long? Subjects, double? AlphaSpent, bool IsReached);
