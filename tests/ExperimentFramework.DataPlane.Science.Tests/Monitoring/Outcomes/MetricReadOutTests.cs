namespace ExperimentFramework.DataPlane.Science.Tests;

public sealed class MetricReadOutTests
{
    [Fact]
    public void Rare_conversions_are_compared_by_the_exact_ratio_at_any_number()
    {
        var stream = MeasuredStream.Of(MeasuredStream.Metric("purchase", MetricAggregation.Any, baseline: 0.01));
        Fill(stream, ("control", 40, 2), ("b", 40, 9));
        Close(stream);

        var readOut = stream.ReadOut("purchase");
        var expected = ConversionRatio.Evaluate([new ConversionStratum(2, 9, 1, 1)], 0.05);
        var comparison = readOut.Of("b").Comparison!;
        Assert.Equal((MetricEstimator.ConversionRatio, ReadOutState.Shown, 0.05, "control"), (readOut.Estimator, readOut.State, readOut.Alpha, readOut.Control));
        Assert.Equal((expected.Ratio - 1, expected.Lower - 1, expected.Upper - 1), (comparison.Lift!.Estimate, comparison.Lift.Lower!.Value, comparison.Lift.Upper!.Value));
        Assert.Equal(expected.LogPValue, comparison.LogPValue!.Value, 1e-12);
        Assert.Equal(3.5 * 2 / 40, comparison.Difference!.Estimate, 1e-12);
        Assert.Equal((null, ReadOutVerdict.Undecided), (comparison.Difference.Lower, comparison.Verdict));
        Assert.Null(readOut.Of("control").Comparison);
    }

    [Fact]
    public void Frequent_conversions_are_compared_by_their_difference_once_the_guard_is_met()
    {
        var stream = MeasuredStream.Of(MeasuredStream.Metric("purchase", MetricAggregation.Any, baseline: 0.5));
        Fill(stream, ("control", 60, 20), ("b", 50, 15));
        Close(stream);

        // 50 times 35/110 is 15.9.
        var gathering = stream.ReadOut("purchase").Of("b").Comparison!;
        Assert.Equal((ReadOutState.Gathering, null, null), (gathering.State, gathering.LogPValue, gathering.Difference));
        Assert.Equal("The smaller variant is expected to have 15.9 subjects with or without a conversion; it needs 20.", gathering.Missing);

        Fill(stream, "more", "v1", ("b", 20, 9));
        Close(stream);
        var expected = MeanDifference.Evaluate(MeanAccumulator.OfConversions(60, 20), MeanAccumulator.OfConversions(70, 24), 0.05, 10_000);
        var shown = stream.ReadOut("purchase").Of("b").Comparison!;
        Assert.Equal((ReadOutState.Shown, 1), (shown.State, shown.Versions));
        Assert.Equal(expected.Estimate, shown.Difference!.Estimate, 1e-14);
        Assert.Equal((expected.Sequence.Lower, expected.Sequence.Upper), (shown.Difference.Lower!.Value, shown.Difference.Upper!.Value));
        Assert.Equal((expected.Relative!.Lower, expected.Relative.Upper), (shown.Lift!.Lower!.Value, shown.Lift.Upper!.Value), new Within(1e-12));
    }

    [Fact]
    public void Versions_of_the_weights_are_compared_within_themselves()
    {
        // The rate doubles when the weights change, without any effect: pooled, b would look better.
        var stream = MeasuredStream.Of(MeasuredStream.Metric("purchase", MetricAggregation.Any, baseline: 0.5));
        stream.Declare("v2", ("control", 1), ("b", 9));
        Fill(stream, ("control", 400, 80), ("b", 400, 80));
        Fill(stream, "v2", "v2", ("control", 100, 50), ("b", 900, 450));
        Close(stream);

        var readOut = stream.ReadOut("purchase");
        Assert.Equal((0.0, 2), (readOut.Of("b").Comparison!.Difference!.Estimate, readOut.Of("b").Comparison!.Versions));
        Assert.True(readOut.Of("b").Mean > readOut.Of("control").Mean + 0.1);
    }

    [Fact]
    public void Versions_none_of_which_has_enough_by_itself_are_not_enough_together()
    {
        var stream = MeasuredStream.Of(MeasuredStream.Metric("purchase", MetricAggregation.Any)).Declare("v2", ("control", 1), ("b", 1)).Declare("v3", ("control", 99), ("b", 1));
        Fill(stream, "first", "v1", ("control", 100, 15), ("b", 100, 15));
        Fill(stream, "second", "v2", ("control", 120, 15), ("b", 120, 15));
        Fill(stream, "third", "v3", ("control", 1_980, 200), ("b", 20, 2));
        Close(stream);

        var comparison = stream.ReadOut("purchase").Of("b").Comparison!;
        Assert.Equal(
            (ReadOutState.Gathering, "The smaller variant is expected to have 15.0 subjects with or without a conversion; it needs 20. Versions of the weights are compared within themselves; this is the one whose smaller variant has the most subjects."),
            (comparison.State, comparison.Missing));
    }

    [Fact]
    public void A_small_share_without_a_conversion_before_a_ramp_is_no_effect()
    {
        var stream = MeasuredStream.Of(MeasuredStream.Metric("purchase", MetricAggregation.Any)).Declare("v2", ("control", 99), ("b", 1));
        Fill(stream, "small", "v2", ("control", 9_900, 99), ("b", 100, 0));
        Fill(stream, "even", "v1", ("control", 2_100, 21), ("b", 2_100, 21));
        Close(stream);

        var comparison = stream.ReadOut("purchase").Of("b").Comparison!;
        Assert.Equal((ReadOutState.Shown, 1, ReadOutVerdict.Undecided), (comparison.State, comparison.Versions, comparison.Verdict));
        Assert.InRange(comparison.Difference!.Lower!.Value, -0.02, 0);
        Assert.InRange(comparison.Difference.Upper!.Value, 0, 0.02);
    }

    [Fact]
    public void Durations_are_compared_by_the_ratio_of_geometric_means()
    {
        var stream = MeasuredStream.Of(MeasuredStream.Metric("time", MetricAggregation.Mean, scale: MetricScale.Logarithmic));
        for (var subject = 0; subject < 200; subject++)
        {
            var isB = subject % 2 == 0;
            stream.Expose("s" + subject, isB ? "b" : "control");
            stream.Measure("s" + subject, "time", (isB ? 200 : 100) * Math.Exp((subject % 20 / 2) - 4.5));
        }

        Close(stream);

        var readOut = stream.ReadOut("time");
        Assert.Equal((100, 200), (readOut.Of("control").Mean!.Value, readOut.Of("b").Mean!.Value), new Within(1e-9));
        var comparison = readOut.Of("b").Comparison!;
        Assert.Equal((1, 100), (comparison.Lift!.Estimate, comparison.Difference!.Estimate), new Within(1e-9));
        Assert.True(comparison.Lift.Lower < 1 && comparison.Lift.Upper > 1 && comparison.Difference.Lower is null);
    }

    [Fact]
    public void A_mean_without_a_cap_is_not_shown_at_an_uneven_split()
    {
        var plan = MeasuredStream.Plan(MeasuredStream.Metric("revenue", MetricAggregation.Sum), MeasuredStream.Metric("capped", MetricAggregation.Sum, cap: 100));
        var stream = new MonitoredStream(new ExperimentMonitor(null, [plan])).Declare(weights: [("control", 9), ("b", 1)]);
        for (var subject = 0; subject < 5_500; subject++)
        {
            stream.Expose("s" + subject, subject % 11 == 0 ? "b" : "control");
            stream.Measure("s" + subject, "revenue", subject % 7);
            stream.Measure("s" + subject, "capped", subject % 7);
        }

        stream.Now += TimeSpan.FromHours(2);
        stream.Monitor.Evaluate(stream.Now);
        Assert.Equal(ReadOutState.Gathering, stream.ReadOut("revenue").State);
        Assert.Contains("cap", stream.ReadOut("revenue").Of("b").Comparison!.Missing, StringComparison.Ordinal);
        Assert.Equal(ReadOutState.Shown, stream.ReadOut("capped").State);
        Assert.Equal(ReadOutVerdict.None, stream.ReadOut("capped").Of("b").Comparison!.Verdict);
    }

    [Fact]
    public void A_mean_of_mostly_zeros_is_shown_at_an_uneven_split_once_the_smaller_variant_can_have_20_others()
    {
        var stream = new MonitoredStream(new ExperimentMonitor(null, [MeasuredStream.Plan(MeasuredStream.Metric("revenue", MetricAggregation.Sum, cap: 100))])).Declare(weights: [("control", 9), ("b", 1)]);
        Buy(subjects: 8_000, buyers: 80);
        var gathering = stream.ReadOut("revenue").Of("b").Comparison!;
        Assert.Equal(
            (ReadOutState.Gathering, "The smaller variant is expected to have 8.0 subjects with a value other than 0; at an uneven split it needs 20."), (gathering.State, gathering.Missing));

        Buy(subjects: 12_000, buyers: 120);
        Assert.Equal(ReadOutState.Shown, stream.ReadOut("revenue").State);

        void Buy(int subjects, int buyers)
        {
            for (var subject = 0; subject < subjects; subject++)
            {
                var id = $"{subjects}-{subject}";
                stream.Expose(id, subject % 10 == 9 ? "b" : "control");
                if (subject % (subjects / buyers) == 0)
                {
                    stream.Measure(id, "revenue", 30 + (subject % 7));
                }
            }

            Close(stream);
        }
    }

    [Fact]
    public void The_error_rate_is_split_over_the_variants_and_only_the_primary_metric_has_a_verdict()
    {
        var metric = MeasuredStream.Metric("purchase", MetricAggregation.Any, baseline: 0.01);
        var stream = new MonitoredStream(new ExperimentMonitor(null, [MeasuredStream.Plan(metric, metric with { Name = "order" })])).Declare(weights: [("control", 1), ("b", 1), ("c", 1), ("d", 1), ("e", 1)]);
        Fill(stream, ("control", 200, 20), ("b", 200, 80), ("c", 200, 20), ("d", 200, 20), ("e", 200, 20));
        Close(stream);

        Assert.Equal(0.0125, stream.ReadOut("purchase").Alpha);
        Assert.Equal((ReadOutVerdict.Higher, ReadOutVerdict.Undecided), (stream.ReadOut("purchase").Of("b").Comparison!.Verdict, stream.ReadOut("purchase").Of("c").Comparison!.Verdict));
        Assert.Equal(ReadOutVerdict.None, stream.ReadOut("order").Of("b").Comparison!.Verdict);
        Assert.Equal([true, false], stream.Status.ReadOuts.Select(static readOut => readOut.IsPrimary));
    }

    [Fact]
    public void The_p_value_is_the_smallest_of_all_looks()
    {
        var stream = MeasuredStream.Of(MeasuredStream.Metric("purchase", MetricAggregation.Any, baseline: 0.01));
        Fill(stream, ("control", 200, 20), ("b", 200, 60));
        Close(stream);
        var early = stream.ReadOut("purchase").Of("b").Comparison!.LogPValue;

        Fill(stream, "later", "v1", ("control", 100, 60), ("b", 100, 20));
        Close(stream);

        Assert.True(early < Math.Log(0.05));
        Assert.Equal(early, stream.ReadOut("purchase").Of("b").Comparison!.LogPValue);
    }

    [Fact]
    public void While_the_split_is_broken_nothing_is_shown_unless_asked_for()
    {
        var stream = MeasuredStream.Of(MeasuredStream.Metric("purchase", MetricAggregation.Any, baseline: 0.01));
        Fill(stream, ("control", 400, 40), ("b", 200, 60));
        Close(stream);
        Assert.Equal(ExperimentState.SampleRatioMismatch, stream.Status.State);

        var hidden = stream.ReadOut("purchase").Of("b").Comparison!;
        var asked = stream.Monitor.GetReadOuts(MonitoredStream.Experiment, evenIfUntrustworthy: true)[0].Of("b").Comparison!;
        Assert.Equal((ReadOutState.Untrustworthy, null, null, null), (hidden.State, hidden.LogPValue, hidden.Lift, hidden.Difference));
        Assert.Equal((ReadOutState.Untrustworthy, ReadOutVerdict.None), (asked.State, asked.Verdict));
        Assert.True(asked.LogPValue < 0 && asked.Lift is not null);
        Assert.Contains("biased", hidden.Missing, StringComparison.Ordinal);
    }

    [Fact]
    public void While_lost_exposures_explain_an_alarming_split_nothing_is_shown_unless_asked_for()
    {
        var stream = MeasuredStream.Of(MeasuredStream.Metric("purchase", MetricAggregation.Any, baseline: 0.01));
        stream.Observe(MonitoredStream.Account("0a1b2c3d4e5", ("b", 200)));
        Fill(stream, ("control", 400, 40), ("b", 200, 60));
        Close(stream);
        Assert.Equal(ExperimentState.Inconclusive, stream.Status.State);

        var hidden = stream.ReadOut("purchase").Of("b").Comparison!;
        var asked = stream.Monitor.GetReadOuts(MonitoredStream.Experiment, evenIfUntrustworthy: true)[0].Of("b").Comparison!;
        Assert.Equal((ReadOutState.Untrustworthy, null, ReadOutVerdict.None), (hidden.State, hidden.Lift, hidden.Verdict));
        Assert.Equal((ReadOutState.Untrustworthy, ReadOutVerdict.None), (asked.State, asked.Verdict));
        Assert.NotNull(asked.Lift);
        Assert.Contains("lost at random", hidden.Missing, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_control_or_without_weights_it_is_said()
    {
        var metric = MeasuredStream.Metric("purchase", MetricAggregation.Any);
        var noControl = MeasuredStream.Of(MeasuredStream.Plan(metric) with { Control = "a" });
        Fill(noControl, ("b", 3, 1));
        Close(noControl);
        Assert.Equal((ReadOutState.NotComparable, null), (noControl.ReadOut("purchase").State, noControl.ReadOut("purchase").Control));
        Assert.Equal("The control, a, has no exposures and no weight.", noControl.ReadOut("purchase").Missing);
        Assert.Equal(3, noControl.ReadOut("purchase").Of("b").Subjects);
        Assert.All(noControl.ReadOut("purchase").Variants, static variant => Assert.Null(variant.Comparison));

        var undeclared = new MonitoredStream(new ExperimentMonitor(null, [MeasuredStream.Plan(metric)]));
        Fill(undeclared, ("control", 3, 1), ("b", 3, 1));
        Close(undeclared);
        Assert.Equal(ReadOutState.NotComparable, undeclared.ReadOut("purchase").State);
        Assert.Contains("declared", undeclared.ReadOut("purchase").Of("b").Comparison!.Missing, StringComparison.Ordinal);
    }

    [Fact]
    public void A_new_run_begins_without_values_and_with_less_of_the_error_rate()
    {
        var stream = MeasuredStream.Of(MeasuredStream.Metric("purchase", MetricAggregation.Any, baseline: 0.01));
        Fill(stream, ("control", 100, 10), ("b", 100, 50));
        Close(stream);
        stream.Monitor.Reset(MonitoredStream.Experiment, stream.Now);
        Assert.Empty(stream.Status.ReadOuts);
        Fill(stream, ("control", 10, 1));
        Close(stream);

        Assert.Equal((10, 0.05 / 3), (stream.ReadOut("purchase").Mature, stream.ReadOut("purchase").Alpha));
        Assert.Equal(ReadOutState.Gathering, stream.ReadOut("purchase").State);
    }

    [Fact]
    public void One_side_has_no_upper_end_and_its_p_value_is_the_rate_at_which_the_lower_end_is_0()
    {
        var stream = MeasuredStream.Of(MeasuredStream.Plan(MeasuredStream.Metric("purchase", MetricAggregation.Any, baseline: 0.5)) with { Sides = 1 });
        Fill(stream, ("control", 500, 200), ("b", 500, 300));
        Close(stream);

        var comparison = stream.ReadOut("purchase").Of("b").Comparison!;
        var readOut = MeanDifference.Evaluate(MeanAccumulator.OfConversions(500, 200), MeanAccumulator.OfConversions(500, 300), 0.05, 10_000);
        var g = 1_000 * AsymptoticConfidenceSequence.RhoSquared(0.1, 10_000);
        var half = readOut.StandardError * Math.Sqrt(2 * (1 + (1 / g)) * Math.Log(1 + (Math.Sqrt(1 + g) / (2 * Math.Exp(comparison.LogPValue!.Value)))));
        Assert.Equal(readOut.Estimate, half, 1e-9);
        Assert.Null(comparison.Difference!.Upper);
        Assert.Equal(ReadOutVerdict.Higher, comparison.Verdict);
    }

    [Fact]
    public void Metrics_that_stay_in_a_plan_keep_what_they_have_and_new_ones_begin_with_the_next_subject()
    {
        var purchase = MeasuredStream.Metric("purchase", MetricAggregation.Any);
        var stream = MeasuredStream.Of(purchase);
        Fill(stream, ("b", 10, 4));
        Close(stream);
        Fill(stream, "open", "v1", ("b", 7, 3));
        var experiment = stream.Monitor.Read(static (experiment, _) => experiment).Single();
        experiment.Use(MeasuredStream.Plan(MeasuredStream.Metric("order", MetricAggregation.Mean), purchase), isGiven: true);
        Fill(stream, "new", "v1", ("b", 5, 2));
        Close(stream);

        Assert.Equal((22, 9L), (stream.ReadOut("purchase").Mature, stream.ReadOut("purchase").Of("b").Conversions));
        Assert.Equal((0, 5), (stream.ReadOut("order").Mature, stream.ReadOut("order").WithoutValue));
    }

    /// <summary>Exposes subjects of all variants in turns, the first ones of which convert.</summary>
    private static void Fill(MonitoredStream stream, string prefix, string version, params ReadOnlySpan<(string Variant, int Subjects, int Converted)> arms)
    {
        var largest = 0;
        foreach (var (_, subjects, _) in arms)
        {
            largest = Math.Max(largest, subjects);
        }

        for (var turn = 0; turn < largest; turn++)
        {
            foreach (var (variant, subjects, converted) in arms)
            {
                var number = turn * subjects / largest;
                if (turn > 0 && number == (turn - 1) * subjects / largest)
                {
                    continue;
                }

                var id = $"{prefix}-{variant}-{number}";
                stream.Expose(id, variant, version);
                if (number < converted)
                {
                    stream.Measure(id, "purchase", 1);
                    stream.Measure(id, "order", 1);
                }
            }
        }
    }

    private static void Fill(MonitoredStream stream, params ReadOnlySpan<(string Variant, int Subjects, int Converted)> arms) => Fill(stream, "s", "v1", arms);

    private static void Close(MonitoredStream stream)
    {
        stream.Now += TimeSpan.FromHours(1);
        stream.Monitor.Evaluate(stream.Now);
    }

    /// <summary>Compares pairs of numbers within a relative tolerance.</summary>
    private sealed class Within(double tolerance) : IEqualityComparer<(double A, double B)>
    {
        public bool Equals((double A, double B) x, (double A, double B) y) => IsClose(x.A, y.A) && IsClose(x.B, y.B);

        public int GetHashCode((double A, double B) obj) => 0;

        private bool IsClose(double x, double y) => Math.Abs(x - y) <= tolerance * Math.Max(Math.Abs(x), Math.Abs(y));
    }
}
