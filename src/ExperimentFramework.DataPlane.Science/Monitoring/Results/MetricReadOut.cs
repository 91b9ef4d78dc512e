namespace ExperimentFramework.DataPlane.Science;

/// <summary>The read-out of one metric of an experiment, at one moment.</summary>
public sealed record MetricReadOut
{
    /// <summary>The name of the metric; for outcomes, the name of the member that is called.</summary>
    public required string Name { get; init; }

    /// <summary>Which events it is computed from.</summary>
    public required MetricSource Source { get; init; }

    /// <summary>Which values of a subject count, and how they are aggregated.</summary>
    public required MetricDefinition Definition { get; init; }

    /// <summary>Whether it is the primary metric. All others are shown without a verdict.</summary>
    public required bool IsPrimary { get; init; }

    /// <summary>Whether a plan names it. If not, it is shown because the calls of the experiment are recorded.</summary>
    public required bool IsPlanned { get; init; }

    /// <summary>How the variants are compared: never <see cref="MetricEstimator.Automatic"/>.</summary>
    public required MetricEstimator Estimator { get; init; }

    /// <summary>The best state among its comparisons.</summary>
    public required ReadOutState State { get; init; }

    /// <summary>Why the metric has no comparisons: there is no control, or no other variant. Null if there are comparisons.</summary>
    public string? Missing { get; init; }

    /// <summary>The key of the variant with which the others are compared: the control of the plan, or <see cref="VariantKeys.Control"/> without a plan. Null if no such variant was seen.</summary>
    public string? Control { get; init; }

    /// <summary>The error rate of each comparison: the plan's error rate (0.05 without a plan), divided by the number of comparisons, and by r (r + 1) / 2 in run r.</summary>
    public required double Alpha { get; init; }

    /// <summary>N*, the number of subjects at which intervals are narrowest.</summary>
    public required double TuningSubjects { get; init; }

    /// <summary>The number of subjects whose window is open; for exposing calls, those whose outcome has not arrived.</summary>
    public required long Immature { get; init; }

    /// <summary>The number of subjects with a closed window and a value, over all variants and versions of the weights.</summary>
    public required long Mature { get; init; }

    /// <summary>The number of subjects whose window closed without a value: a mean of no values, a cancelled call, or a call whose outcome did not arrive within an hour.</summary>
    public required long WithoutValue { get; init; }

    /// <summary>The number of values from within the window that arrived after it had closed, as far as the subject is still in memory. They are left out.</summary>
    public required long Late { get; init; }

    /// <summary>The number of values that had already been counted: events with a known id or idempotency key.</summary>
    public required long Duplicates { get; init; }

    /// <summary>The number of values that are not finite, and of subjects whose value cannot be counted because it is beyond 1e100, or not above 0 on the logarithmic scale.</summary>
    public required long Invalid { get; init; }

    /// <summary>The probability with which a new subject is read out: 1, halved each time the memory was full.</summary>
    public required double CollectedShare { get; init; }

    /// <summary>The variants with subjects or a weight, in order of appearance.</summary>
    public required IReadOnlyList<VariantReadOut> Variants { get; init; }

    /// <summary>
    /// The read-outs by segment: the first 32 values of subject type, tenant and the attributes in the plan or the options, in order of appearance, and all others together. A subject is in each of its segments. Segments have no
    /// verdict: see <see cref="ExpectedFalseSegments"/>. Only the first 16 metrics of a plan are read out by segment.
    /// </summary>
    public IReadOnlyList<SegmentReadOut> Segments { get; init; } = [];

    /// <summary>
    /// The maximum expected number of segment intervals that exclude 0 although there is no effect: <see cref="Alpha"/> times the number of intervals shown. Each interval of a segment is valid by itself, but not together with those
    /// of other segments, so a segment that stands out is a hypothesis for the next experiment.
    /// </summary>
    public double ExpectedFalseSegments { get; init; }
}

/// <summary>The read-out of one metric in one segment.</summary>
public sealed record SegmentReadOut
{
    /// <summary>Its name and value, such as <c>country=DE</c>; <c>other</c> for all values beyond the first 32.</summary>
    public required string Name { get; init; }

    /// <summary>Whether it contains all values beyond the first 32.</summary>
    public bool IsRest { get; init; }

    /// <summary>The variants, at most the first 16. Their p-values are those of the current look, and they have no verdict.</summary>
    public required IReadOnlyList<VariantReadOut> Variants { get; init; }
}

/// <summary>The values of one variant, and how it compares with control.</summary>
public sealed record VariantReadOut
{
    /// <summary>The key of the variant.</summary>
    public required string Key { get; init; }

    /// <summary>The number of mature subjects whose first assignment was this variant.</summary>
    public required long Subjects { get; init; }

    /// <summary>How many of them converted; null unless each value is 0 or 1.</summary>
    public long? Conversions { get; init; }

    /// <summary>The mean of their values over all versions of the weights; the geometric mean on the logarithmic scale. Null without subjects. Do not compare means if the weights have changed.</summary>
    public double? Mean { get; init; }

    /// <summary>The standard deviation between subjects, on the scale of the metric; null for fewer than two.</summary>
    public double? StandardDeviation { get; init; }

    /// <summary>The comparison with control; null for control itself. Also null if there is no control; then <see cref="MetricReadOut.Missing"/> says so.</summary>
    public VariantComparison? Comparison { get; init; }
}

/// <summary>The comparison of a variant with control.</summary>
public sealed record VariantComparison
{
    /// <summary>Whether it can be shown.</summary>
    public required ReadOutState State { get; init; }

    /// <summary>What is missing before it can be shown, or why it cannot be shown; null if it is shown.</summary>
    public string? Missing { get; init; }

    /// <summary>The number of versions of the weights that were included. Variants are compared within each version.</summary>
    public int Versions { get; init; }

    /// <summary>The mean of the variant minus the mean of control under each version of the weights, weighted by the subjects, with an interval if the estimator has one; null until it can be shown. On the logarithmic scale, the means are geometric.</summary>
    public EffectInterval? Difference { get; init; }

    /// <summary>The difference as a share of control's mean, for example 0.05 for 5 % more; null until it can be shown, and if control's mean is 0. The exact ratio computes it only from the conversions and the planned weights, so it differs slightly from <see cref="Difference"/>.</summary>
    public EffectInterval? Lift { get; init; }

    /// <summary>ln p: the smallest over all looks, or for segments that of the current look; null until it can be shown. Unless the plan has planned looks, which give the <see cref="Verdict"/>, the effect is significant if this is at most the logarithm of <see cref="MetricReadOut.Alpha"/>.</summary>
    public double? LogPValue { get; init; }

    /// <summary>The verdict at the look with the smallest p-value; with planned looks, that of the first planned look that found an effect. None for segments and for all but the primary metric.</summary>
    public ReadOutVerdict Verdict { get; init; }
}

/// <summary>An effect and its interval, which is valid at all times simultaneously.</summary>
/// <param name="Estimate">The estimate.</param>
/// <param name="Lower">The lower end; null if there is none.</param>
/// <param name="Upper">The upper end; null if there is none.</param>
public sealed record EffectInterval(double Estimate, double? Lower, double? Upper);

/// <summary>Whether a comparison can be shown.</summary>
public enum ReadOutState
{
    /// <summary>Of a comparison: no declared version of the weights splits subjects between the variant and control. Of a metric: this is so of all its comparisons, or there are none, because no variant is the control or there is no other variant.</summary>
    NotComparable = 0,

    /// <summary>There are too few subjects for a valid interval.</summary>
    Gathering = 1,

    /// <summary>The split of the subjects differs from the plan, or does so because exposures were lost, so comparisons are biased. Intervals and p-values are returned only on request.</summary>
    Untrustworthy = 2,

    /// <summary>The comparison is shown.</summary>
    Shown = 3,
}

/// <summary>The verdict of a comparison on the primary metric.</summary>
public enum ReadOutVerdict
{
    /// <summary>There is no verdict: the metric is not the primary one, or the comparison is not shown.</summary>
    None = 0,

    /// <summary>No effect has been found. This does not prove that there is none.</summary>
    Undecided = 1,

    /// <summary>The metric is higher than in control.</summary>
    Higher = 2,

    /// <summary>The metric is lower than in control.</summary>
    Lower = 3,
}
