namespace ExperimentFramework.DataPlane.Science.Tests;

/// <summary>A stream with outcomes and metrics.</summary>
internal static class MeasuredStream
{
    public static AnalysisPlan Plan(PlannedMetric primary, params PlannedMetric[] others) => new()
    {
        ExperimentName = MonitoredStream.Experiment,
        Control = "control",
        PrimaryMetric = primary,
        SecondaryMetrics = others,
    };

    public static PlannedMetric Metric(
        string name, MetricAggregation aggregation, double hours = 1, double? cap = null, MetricScale scale = MetricScale.Linear, MetricSource source = MetricSource.Metric, double? baseline = null) => new()
        {
            Name = name,
            Source = source,
            Definition = new MetricDefinition(TimeSpan.FromHours(hours), aggregation, cap, scale),
            Baseline = baseline,
        };

    public static MonitoredStream Of(PlannedMetric primary, params PlannedMetric[] others) => Of(Plan(primary, others));

    public static MonitoredStream Of(AnalysisPlan plan, ExperimentMonitorOptions? options = null) => new MonitoredStream(new ExperimentMonitor(options, [plan])).Declare();

    public static void Measure(this MonitoredStream stream, string subject, string metric, double value, Func<MetricEvent, MetricEvent>? change = null, Guid? id = null)
    {
        var measured = new MetricEvent { ExperimentName = "*", Timestamp = stream.Now, MetricName = metric, Value = value, SubjectId = subject };
        stream.Observe(change?.Invoke(measured) ?? measured, id);
    }

    public static void End(this MonitoredStream stream, string subject, OutcomeResult result = OutcomeResult.Success, Guid? exposure = null, Func<OutcomeEvent, OutcomeEvent>? change = null)
    {
        var outcome = new OutcomeEvent
        {
            ExperimentName = MonitoredStream.Experiment,
            Timestamp = stream.Now,
            VariantKey = "control",
            SubjectId = subject,
            OutcomeName = "QuoteAsync",
            Result = result,
            Duration = TimeSpan.FromMilliseconds(10),
            ExposureEventId = exposure,
        };
        stream.Observe(change?.Invoke(outcome) ?? outcome);
    }

    public static MetricReadOut ReadOut(this MonitoredStream stream, string name, MetricSource source = MetricSource.Metric) =>
        stream.Monitor.GetReadOuts(MonitoredStream.Experiment).Single(readOut => readOut.Name == name && readOut.Source == source);

    public static VariantReadOut Of(this MetricReadOut readOut, string variant) => readOut.Variants.Single(each => each.Key == variant);
}
