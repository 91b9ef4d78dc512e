namespace ExperimentFramework.DataPlane.Science.Tests;

public sealed class OutcomeTests
{
    private static readonly PlannedMetric Purchase = MeasuredStream.Metric("purchase", MetricAggregation.Any);

    [Fact]
    public void A_subject_enters_the_sums_once_when_its_window_closes()
    {
        var stream = MeasuredStream.Of(Purchase);
        stream.Expose("u1", "b");
        stream.Now += TimeSpan.FromMinutes(30);
        stream.Measure("u1", "purchase", 1);
        stream.Evaluate();
        Assert.Equal((1, 0), (stream.ReadOut("purchase").Immature, stream.ReadOut("purchase").Mature));

        stream.Now += TimeSpan.FromMinutes(30);
        stream.Evaluate();
        stream.Expose("u1", "b");
        stream.Evaluate();

        var readOut = stream.ReadOut("purchase");
        Assert.Equal((0, 1), (readOut.Immature, readOut.Mature));
        Assert.Equal((1, 1L), (readOut.Of("b").Subjects, readOut.Of("b").Conversions));
    }

    [Fact]
    public void What_happened_outside_the_window_does_not_count_and_what_comes_too_late_is_counted_as_late()
    {
        var stream = MeasuredStream.Of(Purchase);
        stream.Measure("u1", "purchase", 1);
        stream.Now += TimeSpan.FromMinutes(1);
        stream.Expose("u1", "b");
        stream.Now += TimeSpan.FromMinutes(61);
        stream.Measure("u1", "purchase", 1);
        stream.Measure("u1", "purchase", 1, metric => metric with { Timestamp = stream.Now - TimeSpan.FromMinutes(20) });
        stream.Evaluate();

        var readOut = stream.ReadOut("purchase");
        Assert.Equal((1, 0L, 1), (readOut.Mature, readOut.Of("b").Conversions, readOut.Late));
    }

    [Fact]
    public void A_value_at_the_very_end_of_the_window_counts()
    {
        var stream = MeasuredStream.Of(Purchase);
        stream.Expose("u1", "b");
        stream.Now += TimeSpan.FromHours(1);
        stream.Measure("u1", "purchase", 1);
        stream.Evaluate();

        Assert.Equal((1, 1L, 0), (stream.ReadOut("purchase").Mature, stream.ReadOut("purchase").Of("b").Conversions, stream.ReadOut("purchase").Late));
    }

    [Theory]
    [InlineData(MetricAggregation.Sum, null, 60)]
    [InlineData(MetricAggregation.Sum, 50.0, 50)]
    [InlineData(MetricAggregation.Any, null, 1)]
    [InlineData(MetricAggregation.Count, null, 3)]
    [InlineData(MetricAggregation.Mean, null, 20)]
    [InlineData(MetricAggregation.Mean, 15.0, 15)]
    public void The_values_of_a_subject_become_one(MetricAggregation aggregation, double? cap, double expected)
    {
        var stream = MeasuredStream.Of(MeasuredStream.Metric("order", aggregation, cap: cap));
        stream.Expose("u1", "b");
        foreach (var value in (double[])[10, 20, 30])
        {
            stream.Measure("u1", "order", value);
        }

        stream.Now += TimeSpan.FromHours(1);
        stream.Evaluate();

        Assert.Equal(expected, stream.ReadOut("order").Of("b").Mean);
    }

    [Fact]
    public void A_subject_without_values_is_0_and_without_a_mean()
    {
        var stream = MeasuredStream.Of(MeasuredStream.Metric("order", MetricAggregation.Sum), MeasuredStream.Metric("rating", MetricAggregation.Mean));
        stream.Expose("u1", "b");
        stream.Now += TimeSpan.FromHours(1);
        stream.Evaluate();

        Assert.Equal((1, 0.0), (stream.ReadOut("order").Of("b").Subjects, stream.ReadOut("order").Of("b").Mean));
        Assert.Equal((0, 1), (stream.ReadOut("rating").Of("b").Subjects, stream.ReadOut("rating").WithoutValue));
    }

    [Fact]
    public void The_same_event_and_the_same_order_count_once()
    {
        var stream = MeasuredStream.Of(MeasuredStream.Metric("order", MetricAggregation.Sum));
        var id = Guid.NewGuid();
        stream.Expose("u1", "b");
        stream.Measure("u1", "order", 10, id: id);
        stream.Measure("u1", "order", 10, id: id);
        stream.Measure("u1", "order", 5, static metric => metric with { IdempotencyKey = "4711" });
        stream.Measure("u1", "order", 5, static metric => metric with { IdempotencyKey = "4711" });
        stream.Expose("u2", "b", change: static exposure => exposure with { TenantId = "acme" });
        stream.Measure("u2", "order", 5, static metric => metric with { IdempotencyKey = "4711", TenantId = "acme" });
        stream.Now += TimeSpan.FromHours(1);
        stream.Evaluate();

        var readOut = stream.ReadOut("order");
        Assert.Equal((2, 2, 10.0), (readOut.Duplicates, readOut.Mature, readOut.Of("b").Mean));
    }

    [Fact]
    public void A_metric_of_another_tenant_with_the_same_id_is_not_that_of_the_subject_that_was_counted()
    {
        var stream = MeasuredStream.Of(MeasuredStream.Metric("order", MetricAggregation.Sum));
        foreach (var tenant in new[] { "acme", "other" })
        {
            stream.Expose("u1", "b", change: exposure => exposure with { TenantId = tenant });
            stream.Measure("u1", "order", 5, metric => metric with { TenantId = tenant });
        }

        stream.Now += TimeSpan.FromHours(1);
        stream.Evaluate();

        Assert.Equal((1, 5.0), (stream.ReadOut("order").Mature, stream.ReadOut("order").Of("b").Mean));
    }

    [Fact]
    public void Outcomes_of_exposing_calls_are_read_out_without_any_set_up()
    {
        var stream = new MonitoredStream().Declare();
        foreach (var (subject, result, number) in (ReadOnlySpan<(string, OutcomeResult, int)>)[("u1", OutcomeResult.Success, 1), ("u2", OutcomeResult.Failure, 2), ("u3", OutcomeResult.Canceled, 3)])
        {
            var exposure = new Guid(number, 1, 1, new byte[8]);
            stream.Observe(new ExposureEvent { ExperimentName = MonitoredStream.Experiment, Timestamp = stream.Now, VariantKey = "b", SubjectId = subject, AllocationVersion = "v1", SelectionReason = "hash-assignment" }, exposure);
            stream.End(subject, OutcomeResult.Failure, new Guid(99, 1, 1, new byte[8]));
            stream.End(subject, result, exposure);
            stream.End(subject, OutcomeResult.Failure);
        }

        stream.Expose("u4", "b");

        var failures = stream.ReadOut("QuoteAsync", MetricSource.OutcomeFailure);
        var durations = stream.ReadOut("QuoteAsync", MetricSource.OutcomeDuration);
        Assert.Equal((2, 1L, 1, 1), (failures.Of("b").Subjects, failures.Of("b").Conversions, failures.WithoutValue, failures.Immature));
        Assert.Equal((1, 2), (durations.Of("b").Subjects, durations.WithoutValue));
        Assert.Equal(10, durations.Of("b").Mean!.Value, 1e-12);
        Assert.Equal((MetricEstimator.ConversionRatio, MetricEstimator.MeanDifference, false), (failures.Estimator, durations.Estimator, failures.IsPlanned));

        stream.Now += TimeSpan.FromHours(1);
        stream.Evaluate();
        Assert.Equal((0, 2), (stream.ReadOut("QuoteAsync", MetricSource.OutcomeFailure).Immature, stream.ReadOut("QuoteAsync", MetricSource.OutcomeFailure).WithoutValue));
    }

    [Fact]
    public void Values_of_a_metric_that_was_added_later_are_collected_when_memory_is_full()
    {
        var orders = MeasuredStream.Metric("orders", MetricAggregation.Any);
        var stream = new MonitoredStream(new ExperimentMonitorOptions { MaxImmatureSubjects = 1_024 }).Declare();
        stream.Observe(Declaration(MeasuredStream.Plan(orders)));
        stream.ExposeMany(1_000);
        stream.Observe(Declaration(MeasuredStream.Plan(orders, MeasuredStream.Metric("clicks", MetricAggregation.Any)) with { Version = 2 }));
        stream.Measure("s0", "clicks", 1);
        for (var subject = 0; subject < 400; subject++)
        {
            stream.Expose("later" + subject, subject % 2 == 0 ? "b" : "control");
            stream.Measure("later" + subject, "clicks", 1);
        }

        stream.Now += TimeSpan.FromHours(2);
        stream.Evaluate();

        var clicks = stream.ReadOut("clicks");
        Assert.Equal((0.5, 0L), (clicks.CollectedShare, clicks.Late));
        Assert.True(clicks.Mature > 100);
        Assert.Equal(clicks.Mature, clicks.Variants.Sum(static variant => variant.Conversions));

        static AnalysisSignalEvent Declaration(AnalysisPlan plan)
        {
            var source = MeasuredStream.Of(plan);
            source.Expose("first", "control");
            return source.Evaluate().Single(static signal => signal.SignalType == AnalysisSignalType.PlanDeclared);
        }
    }
}
