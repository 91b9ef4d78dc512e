namespace ExperimentFramework.DataPlane.Science;

/// <summary>A metric of an <see cref="AnalysisPlan"/>.</summary>
public sealed record PlannedMetric
{
    /// <summary>Below this rate the exact ratio is the better estimator.</summary>
    private const double RareConversions = 0.1;

    /// <summary>The name, by the rule of the names of metrics: that of the metric events for <see cref="MetricSource.Metric"/>, any other for the outcomes of calls.</summary>
    public required string Name { get; init; }

    /// <summary>Which events it is computed from. Default: metric events.</summary>
    public MetricSource Source { get; init; } = MetricSource.Metric;

    /// <summary>Which values count for a subject, and as what.</summary>
    public required MetricDefinition Definition { get; init; }

    /// <summary>How the variants are compared. Default: the exact ratio for failures and for conversions whose <see cref="Baseline"/> is under 10 %, else the difference of means.</summary>
    public MetricEstimator Estimator { get; init; } = MetricEstimator.Automatic;

    /// <summary>The mean that is expected without an effect, on the linear scale: a rate between 0 and 1 for conversions. Null if it is unknown, and then there is no sample size, unless the scale is logarithmic.</summary>
    public double? Baseline { get; init; }

    /// <summary>The standard deviation between subjects that is expected, on the metric's scale, above 0. Null for conversions, whose baseline gives it, and if it is unknown.</summary>
    public double? StandardDeviation { get; init; }

    /// <summary>Whether a subject's value is 0 or 1.</summary>
    public bool IsConversion => Definition.Aggregation == MetricAggregation.Any;

    /// <summary>How the variants are compared, with <see cref="MetricEstimator.Automatic"/> decided.</summary>
    public MetricEstimator EffectiveEstimator => Estimator != MetricEstimator.Automatic
        ? Estimator
        : IsConversion && (Source == MetricSource.OutcomeFailure || Baseline < RareConversions) ? MetricEstimator.ConversionRatio : MetricEstimator.MeanDifference;
}

/// <summary>Which events a planned metric is computed from.</summary>
public enum MetricSource
{
    /// <summary>Metric events: <see cref="MetricEvent.Value"/>.</summary>
    Metric,

    /// <summary>Outcomes of calls: 1 for each that failed, not counting those that the caller cancelled.</summary>
    OutcomeFailure,

    /// <summary>Outcomes of calls that succeeded: <see cref="OutcomeEvent.Duration"/>, in milliseconds.</summary>
    OutcomeDuration,

    /// <summary>Outcomes of calls: <see cref="OutcomeEvent.Value"/>.</summary>
    OutcomeValue,
}

/// <summary>How the variants of a planned metric are compared.</summary>
public enum MetricEstimator
{
    /// <summary>By the metric: see <see cref="PlannedMetric.Estimator"/>.</summary>
    Automatic,

    /// <summary>The difference of means or proportions, with <see cref="MeanDifference"/>.</summary>
    MeanDifference,

    /// <summary>The ratio of conversion rates, with <see cref="ConversionRatio"/>.</summary>
    ConversionRatio,
}
