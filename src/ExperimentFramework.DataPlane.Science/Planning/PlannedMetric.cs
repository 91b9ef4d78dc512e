namespace ExperimentFramework.DataPlane.Science;

/// <summary>A metric of an <see cref="AnalysisPlan"/>.</summary>
public sealed record PlannedMetric
{
    /// <summary>The name: that of the metric events for <see cref="MetricSource.Metric"/>, that of the outcome for the others.</summary>
    public required string Name { get; init; }

    /// <summary>Which events it is computed from. Default: metric events.</summary>
    public MetricSource Source { get; init; } = MetricSource.Metric;

    /// <summary>Which values count for a subject, and as what.</summary>
    public required MetricDefinition Definition { get; init; }

    /// <summary>How the variants are compared. Default: the exact ratio for conversions whose <see cref="Baseline"/> is under 10 %, else the difference of means.</summary>
    public MetricEstimator Estimator { get; init; } = MetricEstimator.Automatic;

    /// <summary>The mean that is expected without an effect, on the metric's scale: a rate between 0 and 1 for conversions. Null if it is unknown, and then there is no sample size.</summary>
    public double? Baseline { get; init; }

    /// <summary>The standard deviation between subjects that is expected, above 0. Null for conversions, whose baseline gives it, and if it is unknown.</summary>
    public double? StandardDeviation { get; init; }
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
