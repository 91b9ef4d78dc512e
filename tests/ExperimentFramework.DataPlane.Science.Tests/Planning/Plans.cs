namespace ExperimentFramework.DataPlane.Science.Tests;

/// <summary>Plans that tests begin with.</summary>
internal static class Plans
{
    /// <summary>A rate of 20 % that is to rise to 25 %: 1,094 subjects in each of two variants (Fleiss, Levin and Paik (2003), table A.4 without continuity correction).</summary>
    public static AnalysisPlan Conversions(LookSchedule? looks = null) => new()
    {
        ExperimentName = MonitoredStream.Experiment,
        Control = "control",
        PrimaryMetric = new PlannedMetric
        {
            Name = "purchase",
            Definition = new MetricDefinition(TimeSpan.FromDays(7), MetricAggregation.Any),
            Baseline = 0.2,
        },
        MinimumEffect = 0.25,
        Looks = looks ?? LookSchedule.AlwaysValid,
    };

    /// <summary>A mean of 50 with a standard deviation of 20 that is to rise by a tenth.</summary>
    public static AnalysisPlan Means() => Conversions() with
    {
        PrimaryMetric = new PlannedMetric { Name = "revenue", Definition = new MetricDefinition(TimeSpan.FromDays(1)), Baseline = 50, StandardDeviation = 20 },
        MinimumEffect = 0.1,
    };

    public static PlannedMetric Latency { get; } = new()
    {
        Name = "latency",
        Source = MetricSource.OutcomeDuration,
        Definition = new MetricDefinition(TimeSpan.Zero, MetricAggregation.Mean, 60_000, MetricScale.Logarithmic),
    };
}
