namespace ExperimentFramework.DataPlane.Science;

/// <summary>What an experiment shows of one metric, at one moment.</summary>
public sealed record MetricReadOut
{
    /// <summary>The name of the metric; for outcomes that of the member that is called.</summary>
    public required string Name { get; init; }

    /// <summary>Which events it is computed from.</summary>
    public required MetricSource Source { get; init; }

    /// <summary>Which values count for a subject, and as what.</summary>
    public required MetricDefinition Definition { get; init; }

    /// <summary>Whether it is the metric that decides. All others are shown without a verdict.</summary>
    public required bool IsPrimary { get; init; }

    /// <summary>Whether a plan names it; else it is shown because the calls of the experiment are recorded.</summary>
    public required bool IsPlanned { get; init; }

    /// <summary>How the variants are compared: never <see cref="MetricEstimator.Automatic"/>.</summary>
    public required MetricEstimator Estimator { get; init; }

    /// <summary>Whether there is anything to be seen: the best state of its comparisons.</summary>
    public required ReadOutState State { get; init; }

    /// <summary>What keeps all variants from being compared; null if they are, or if it differs between them.</summary>
    public string? Missing { get; init; }

    /// <summary>The key of the variant that the others are compared with: that of the plan, else <see cref="VariantKeys.Control"/>. Null if no such variant was seen.</summary>
    public string? Control { get; init; }

    /// <summary>The error rate of each comparison: that of the plan (0.05 without one), divided by the number of comparisons, and by r (r + 1) / 2 in run r.</summary>
    public required double Alpha { get; init; }

    /// <summary>N*, the number of subjects at which intervals are narrowest.</summary>
    public required double TuningSubjects { get; init; }

    /// <summary>The subjects whose window is open; for exposing calls those whose outcome has not arrived.</summary>
    public required long Immature { get; init; }

    /// <summary>The subjects whose window has closed and that have a value, of all variants and versions of the weights.</summary>
    public required long Mature { get; init; }

    /// <summary>The subjects whose window has closed without a value: a mean of no values, a call that was cancelled or whose outcome has not arrived within an hour.</summary>
    public required long WithoutValue { get; init; }

    /// <summary>The values that arrived after the window of their subject had closed, although they happened in it, as far as the subject is still remembered. They are left out.</summary>
    public required long Late { get; init; }

    /// <summary>The values that were counted before: events with an id, or an idempotency key, that is known.</summary>
    public required long Duplicates { get; init; }

    /// <summary>The values that are no finite number, and the subjects whose value cannot be counted: beyond 1e100, or not above 0 on the logarithmic scale.</summary>
    public required long Invalid { get; init; }

    /// <summary>The probability with which a new subject is read out: 1, and half as much each time that memory was full.</summary>
    public required double CollectedShare { get; init; }

    /// <summary>The variants that have subjects or a weight, in order of appearance.</summary>
    public required IReadOnlyList<VariantReadOut> Variants { get; init; }

    /// <summary>
    /// The same by segment: the first 32 values of subject type, tenant and the attributes that the plan or the options name, in order of appearance, and all further ones together. A subject is in each of its segments. They have no
    /// verdict: see <see cref="ExpectedFalseSegments"/>. Of a plan, the first 16 metrics have them.
    /// </summary>
    public IReadOnlyList<SegmentReadOut> Segments { get; init; } = [];

    /// <summary>
    /// How many intervals of segments exclude an effect of 0 although there is none, at most, on average: <see cref="Alpha"/> times the number of those that are shown. An interval of a segment holds by itself, not together with those
    /// of others, so a segment that stands out is a question for the next experiment.
    /// </summary>
    public double ExpectedFalseSegments { get; init; }
}

/// <summary>What an experiment shows of one metric in one segment.</summary>
public sealed record SegmentReadOut
{
    /// <summary>Its name and value, such as <c>country=DE</c>; <c>other</c> for all values beyond the first 32.</summary>
    public required string Name { get; init; }

    /// <summary>Whether it is all values beyond the first 32 together.</summary>
    public bool IsRest { get; init; }

    /// <summary>The variants, at most the first 16. Their p-values are those of the present look, and none has a verdict.</summary>
    public required IReadOnlyList<VariantReadOut> Variants { get; init; }
}

/// <summary>The values of one variant, and how it compares with control.</summary>
public sealed record VariantReadOut
{
    /// <summary>The key of the variant.</summary>
    public required string Key { get; init; }

    /// <summary>The mature subjects that were assigned to it first.</summary>
    public required long Subjects { get; init; }

    /// <summary>How many of them converted; null unless each value is 0 or 1.</summary>
    public long? Conversions { get; init; }

    /// <summary>The mean of their values, over all versions of the weights; the geometric mean on the logarithmic scale. Null without subjects. It is no basis for a comparison where the weights have changed.</summary>
    public double? Mean { get; init; }

    /// <summary>The standard deviation between subjects, on the scale of the metric; null for fewer than two.</summary>
    public double? StandardDeviation { get; init; }

    /// <summary>How it compares with control; null for control itself, and where there is no control.</summary>
    public VariantComparison? Comparison { get; init; }
}

/// <summary>How a variant compares with control.</summary>
public sealed record VariantComparison
{
    /// <summary>Whether it can be shown.</summary>
    public required ReadOutState State { get; init; }

    /// <summary>What is missing until it can be shown, or why it cannot; null if it is shown.</summary>
    public string? Missing { get; init; }

    /// <summary>The versions of the weights that went in, each compared within itself.</summary>
    public int Versions { get; init; }

    /// <summary>The mean of the variant less that of control under each version of the weights, weighted by their subjects, with an interval if the estimator has one; null until it can be shown. On the logarithmic scale geometric means.</summary>
    public EffectInterval? Difference { get; init; }

    /// <summary>The difference as a share of control's mean, for example 0.05 for 5 % more; null until it can be shown, and where control's mean is 0. The exact ratio computes it from the conversions and the planned weights alone, so that it differs a little from what <see cref="Difference"/> says.</summary>
    public EffectInterval? Lift { get; init; }

    /// <summary>ln p: the smallest of all looks, whenever they were, or of segments that of the present look; null until it can be shown. The effect is significant if it is at most the logarithm of <see cref="MetricReadOut.Alpha"/>.</summary>
    public double? LogPValue { get; init; }

    /// <summary>What the comparison said at the look with the smallest p-value; none of metrics that do not decide, and of segments.</summary>
    public ReadOutVerdict Verdict { get; init; }
}

/// <summary>An effect and its interval, which holds at all times together.</summary>
/// <param name="Estimate">The estimate.</param>
/// <param name="Lower">The lower end; null if there is none.</param>
/// <param name="Upper">The upper end; null if there is none.</param>
public sealed record EffectInterval(double Estimate, double? Lower, double? Upper);

/// <summary>Whether a comparison can be shown.</summary>
public enum ReadOutState
{
    /// <summary>No variant is the control, or nothing says how subjects are split.</summary>
    NotComparable = 0,

    /// <summary>There are too few subjects for an interval that holds what it promises.</summary>
    Gathering = 1,

    /// <summary>The split of the subjects differs from the plan, so that every comparison is biased: no interval and no p-value are given unless asked for.</summary>
    Untrustworthy = 2,

    /// <summary>It is shown.</summary>
    Shown = 3,
}

/// <summary>What a comparison of the deciding metric says.</summary>
public enum ReadOutVerdict
{
    /// <summary>Nothing: the metric does not decide, or the comparison is not shown.</summary>
    None = 0,

    /// <summary>An effect has not been found. That does not show that there is none.</summary>
    Undecided = 1,

    /// <summary>The metric is higher than in control.</summary>
    Higher = 2,

    /// <summary>The metric is lower than in control.</summary>
    Lower = 3,
}
