namespace ExperimentFramework.DataPlane.Science;

/// <summary>A metric of an <see cref="AnalysisPlan"/>.</summary>
public sealed record PlannedMetric
{
    /// <summary>The rate below which the exact ratio is the better estimator.</summary>
    private const double RareConversions = 0.1;

    /// <summary>The name, which follows the rules for metric names: the name of the metric events for <see cref="MetricSource.Metric"/>, or any name for outcomes of calls.</summary>
    public required string Name { get; init; }

    /// <summary>Which events it is computed from. Default: metric events.</summary>
    public MetricSource Source { get; init; } = MetricSource.Metric;

    /// <summary>Which values of a subject count, and how they are aggregated.</summary>
    public required MetricDefinition Definition { get; init; }

    /// <summary>How the variants are compared. Default: the exact ratio for failures and for conversions whose <see cref="Baseline"/> is under 10 %; otherwise the difference of means.</summary>
    public MetricEstimator Estimator { get; init; } = MetricEstimator.Automatic;

    /// <summary>The expected mean without an effect, on the linear scale: a rate between 0 and 1 for conversions. Null if it is unknown; then there is no sample size unless the scale is logarithmic.</summary>
    public double? Baseline { get; init; }

    /// <summary>The expected standard deviation between subjects, on the metric's scale, above 0. Null if it is unknown, and for conversions, whose standard deviation follows from the baseline.</summary>
    public double? StandardDeviation { get; init; }

    /// <summary>Whether a subject's value is 0 or 1.</summary>
    public bool IsConversion => Definition.Aggregation == MetricAggregation.Any;

    /// <summary>How the variants are compared, with <see cref="MetricEstimator.Automatic"/> resolved.</summary>
    public MetricEstimator EffectiveEstimator => Estimator != MetricEstimator.Automatic
        ? Estimator
        : IsConversion && (Source == MetricSource.OutcomeFailure || Baseline < RareConversions) ? MetricEstimator.ConversionRatio : MetricEstimator.MeanDifference;

    /// <summary>Whether the variants are compared by the exact ratio of their rates.</summary>
    internal bool ComparesByRatio => EffectiveEstimator == MetricEstimator.ConversionRatio;
}

/// <summary>Which events a planned metric is computed from.</summary>
public enum MetricSource
{
    /// <summary>Metric events: <see cref="MetricEvent.Value"/>.</summary>
    Metric,

    /// <summary>Outcomes of calls: 1 for each failed call. Calls cancelled by the caller are not counted.</summary>
    OutcomeFailure,

    /// <summary>Outcomes of calls that succeeded: <see cref="OutcomeEvent.Duration"/>, in milliseconds.</summary>
    OutcomeDuration,

    /// <summary>Outcomes of calls: <see cref="OutcomeEvent.Value"/>.</summary>
    OutcomeValue,
}

/// <summary>How the variants of a planned metric are compared.</summary>
public enum MetricEstimator
{
    /// <summary>Selected by the metric: see <see cref="PlannedMetric.Estimator"/>.</summary>
    Automatic,

    /// <summary>The difference of means or proportions, with <see cref="MeanDifference"/>.</summary>
    MeanDifference,

    /// <summary>The ratio of conversion rates, with <see cref="ConversionRatio"/>.</summary>
    ConversionRatio,
}
