namespace ExperimentFramework.DataPlane.Science.Tests;

public sealed class ReadOutTests
{
    private readonly Random _random = new(17);

    [Fact]
    public void Accumulators_merge_to_what_one_would_have_counted()
    {
        MeanAccumulator all = default, left = default, right = default;
        PairAccumulator allPairs = default, leftPairs = default, rightPairs = default;
        for (var index = 0; index < 1_000; index++)
        {
            var (y, x) = (1e6 + _random.NextDouble(), 50 * _random.NextDouble());
            all = all.Add(y);
            allPairs = allPairs.Add(y, x);
            (left, right) = index < 300 ? (left.Add(y), right) : (left, right.Add(y));
            (leftPairs, rightPairs) = index < 300 ? (leftPairs.Add(y, x), rightPairs) : (leftPairs, rightPairs.Add(y, x));
        }

        foreach (var merged in new[] { left.Merge(right), right.Merge(left), default(MeanAccumulator).Merge(all), all.Merge(default) })
        {
            Assert.Equal(1_000, merged.Count);
            Assert.Equal(all.Mean, merged.Mean, 1e-9);
            Assert.Equal(all.M2, merged.M2, 1e-7);
        }

        foreach (var merged in new[] { leftPairs.Merge(rightPairs), rightPairs.Merge(leftPairs), default(PairAccumulator).Merge(allPairs), allPairs.Merge(default) })
        {
            Assert.Equal(allPairs.MeanX, merged.MeanX, 1e-12);
            Assert.Equal(allPairs.MeanY, merged.MeanY, 1e-9);
            Assert.Equal(allPairs.M2X, merged.M2X, 1e-7);
            Assert.Equal(allPairs.M2Y, merged.M2Y, 1e-7);
            Assert.Equal(allPairs.Codeviation, merged.Codeviation, 1e-6);
        }

        Assert.Equal(all.M2, allPairs.M2Y, 1e-9);
    }

    [Fact]
    public void Sums_make_the_accumulator_of_their_values()
    {
        PairAccumulator pairs = default;
        double sumY = 0, sumX = 0, sumYY = 0, sumXX = 0, sumYX = 0;
        for (var index = 0; index < 100; index++)
        {
            var (y, x) = (_random.NextDouble() * 10, _random.NextDouble() * 3);
            pairs = pairs.Add(y, x);
            (sumY, sumX, sumYY, sumXX, sumYX) = (sumY + y, sumX + x, sumYY + (y * y), sumXX + (x * x), sumYX + (y * x));
        }

        var ofSums = PairAccumulator.OfSums(100, sumY, sumX, sumYY, sumXX, sumYX);

        Assert.Equal(pairs.M2Y, ofSums.M2Y, 1e-9);
        Assert.Equal(pairs.M2X, ofSums.M2X, 1e-9);
        Assert.Equal(pairs.Codeviation, ofSums.Codeviation, 1e-9);
    }

    [Fact]
    public void The_difference_of_means_has_the_standard_error_of_Welch()
    {
        var control = new MeanAccumulator(1_000, 10, 999 * 4);
        var treatment = new MeanAccumulator(500, 11, 499 * 9);

        var readOut = MeanDifference.Evaluate(control, treatment, 0.05, 10_000);

        Assert.Equal(1, readOut.Estimate, 1e-15);
        Assert.Equal(Math.Sqrt(0.004 + 0.018), readOut.StandardError, 1e-15);
        Assert.Equal(0.1, readOut.Relative!.Estimate, 1e-15);
        var relativeError = Math.Sqrt((9 / (500 * 100.0)) + (4 * 121 / (1_000 * 1e4)));
        Assert.Equal(relativeError * readOut.Sequence.HalfWidth / readOut.StandardError, readOut.Relative.Upper - 0.1, 1e-14);
    }

    [Fact]
    public void A_negative_control_mean_gives_a_lift_in_the_direction_of_the_effect()
    {
        var readOut = MeanDifference.Evaluate(new MeanAccumulator(500, -10, 500), new MeanAccumulator(500, -9, 500), 0.05, 10_000);

        Assert.Equal(0.1, readOut.Relative!.Estimate, 1e-15);
        Assert.True(readOut.Relative.Lower < 0.1 && readOut.Relative.Upper > 0.1);
    }

    [Fact]
    public void A_ramp_without_an_effect_has_none_when_versions_are_compared_within_themselves()
    {
        // Simpson's paradox: the second version has a higher rate and another split. Pooled, treatment looks better by more than a third.
        var strata = new Arms<MeanAccumulator>[]
        {
            new(MeanAccumulator.OfConversions(9_000, 900), MeanAccumulator.OfConversions(1_000, 100)),
            new(MeanAccumulator.OfConversions(1_000, 500), MeanAccumulator.OfConversions(9_000, 4_500)),
        };

        var (readOut, used) = MeanDifference.Evaluate(strata, 0.05, 10_000);

        Assert.Equal(0, readOut.Estimate, 1e-15);
        Assert.Equal(2, used);
        var pooled = MeanDifference.Evaluate(strata[0].Control.Merge(strata[1].Control), strata[0].Treatment.Merge(strata[1].Treatment), 0.05, 10_000);
        Assert.Equal(0.32, pooled.Estimate, 1e-12);
    }

    [Fact]
    public void A_version_with_one_subject_in_an_arm_is_left_out()
    {
        var strata = new Arms<MeanAccumulator>[]
        {
            new(new MeanAccumulator(100, 1, 50), new MeanAccumulator(100, 2, 50)),
            new(new MeanAccumulator(100, 1, 50), new MeanAccumulator(1, 90, 0)),
        };

        var (readOut, used) = MeanDifference.Evaluate(strata, 0.05, 10_000);

        Assert.Equal(1, used);
        Assert.Equal(1, readOut.Estimate, 1e-15);
    }

    [Fact]
    public void A_covariate_takes_out_the_variance_that_it_explains()
    {
        PairAccumulator control = default, treatment = default;
        for (var index = 0; index < 4_000; index++)
        {
            var (before, noise) = (100 * _random.NextDouble(), _random.NextDouble());
            control = index % 2 == 0 ? control.Add((2 * before) + noise, before) : control;
            treatment = index % 2 == 1 ? treatment.Add((2 * before) + noise + 0.5, before) : treatment;
        }

        var (readOut, theta, unadjusted) = MeanDifference.EvaluateAdjusted(control, treatment, 0.05, 4_000);

        Assert.Equal(2, theta, 1e-2);
        Assert.Equal(0.5, readOut.Estimate, 0.05);
        Assert.True(Math.Abs(unadjusted - 0.5) > Math.Abs(readOut.Estimate - 0.5));
        Assert.InRange(readOut.StandardError, 0.5 * Math.Sqrt(1 / 12.0 / 1_000), 1.5 * Math.Sqrt(1 / 12.0 / 1_000));
    }

    [Fact]
    public void A_ratio_has_the_subjects_as_its_unit()
    {
        PairAccumulator control = default, treatment = default;
        for (var index = 0; index < 500; index++)
        {
            // Each subject's orders are all alike: its number of orders must not count as evidence.
            var orders = 1 + _random.Next(20);
            control = control.Add(orders * 10.0, orders);
            treatment = treatment.Add(orders * (index % 2 == 0 ? 10.0 : 12.0), orders);
        }

        var (readOut, controlRatio, treatmentRatio) = MeanDifference.EvaluateRatio(control, treatment, 0.05, 1_000);

        Assert.Equal(10, controlRatio, 1e-12);
        Assert.Equal(treatmentRatio - 10, readOut.Estimate, 1e-12);
        Assert.InRange(readOut.StandardError, 0.04, 0.07);
    }

    [Fact]
    public void Arms_that_do_not_vary_have_no_read_out()
    {
        var error = Assert.Throws<ArgumentException>(() => MeanDifference.Evaluate(new MeanAccumulator(10, 1, 0), new MeanAccumulator(10, 1, 0), 0.05, 100));
        Assert.Contains("must have a standard error above 0", error.Message);
        Assert.Throws<ArgumentException>(() => MeanDifference.Evaluate(new MeanAccumulator(1, 1, 0), new MeanAccumulator(10, 1, 5), 0.05, 100));
        Assert.Throws<ArgumentException>(() => MeanDifference.Evaluate([], 0.05, 100));
    }

    [Fact]
    public void The_guard_looks_at_the_smaller_arm()
    {
        Assert.Equal(10, ReadOutGuard.SmallestExpectedCount(9_000, 90, 1_000, 10), 1e-12);
        Assert.Equal(10, ReadOutGuard.SmallestExpectedCount(9_000, 8_910, 1_000, 990), 1e-12);
        Assert.Equal(0, ReadOutGuard.SmallestExpectedCount(0, 0, 0, 0));
        Assert.Equal(5, ReadOutGuard.SmallestExpectedNonZero(4_500, 45, 500, 5), 1e-12);
        Assert.Equal(0, ReadOutGuard.SmallestExpectedNonZero(0, 0, 0, 0));
        Assert.True(ReadOutGuard.HasEnoughForMeans(100, 100, isEvenSplit: true));
        Assert.False(ReadOutGuard.HasEnoughForMeans(99, 1_000, isEvenSplit: true));
        Assert.False(ReadOutGuard.HasEnoughForMeans(4_500, 499, isEvenSplit: false));
        Assert.True(ReadOutGuard.HasEnoughForMeans(4_500, 500, isEvenSplit: false));
    }

    [Fact]
    public void The_exact_ratio_of_equal_rates_is_the_sample_ratio_test_on_conversions()
    {
        var result = ConversionRatio.Evaluate([new(120, 80, 1, 1)], 0.05);

        Assert.Equal(SequentialSampleRatio.LogMixtureEValue([120L, 80L], [0.5, 0.5], [10, 1e2, 1e3, 1e4]), result.LogEValueAtOne, 1e-13);
        Assert.Equal(80 / 120.0, result.Ratio, 1e-12);
        Assert.True(result.Lower < result.Ratio && result.Ratio < result.Upper);
    }

    [Fact]
    public void The_interval_of_the_ratio_ends_where_the_e_value_is_1_over_alpha()
    {
        ConversionStratum[] strata = [new(300, 360, 1, 1), new(90, 15, 9, 1)];
        var result = ConversionRatio.Evaluate(strata, 0.05);

        foreach (var lambda in new[] { result.Lower, result.Upper })
        {
            // Under a ratio of lambda the arms of conversions have weights theta_A and theta_B lambda.
            var change = 0.0;
            foreach (var (control, treatment, a, b) in strata)
            {
                change += ((control + treatment) * Math.Log((a + (b * lambda)) / (a + b))) - (treatment * Math.Log(lambda));
            }

            Assert.Equal(-Math.Log(0.05), result.LogEValueAtOne + change, 1e-10);
        }
    }

    [Fact]
    public void An_arm_without_conversions_leaves_its_side_open()
    {
        var noTreatment = ConversionRatio.Evaluate([new(80, 0, 1, 1)], 0.05);
        Assert.Equal((0.0, 0.0), (noTreatment.Ratio, noTreatment.Lower));
        Assert.InRange(noTreatment.Upper, 0.001, 1);

        var noControl = ConversionRatio.Evaluate([new(0, 80, 1, 1)], 0.05);
        Assert.Equal((double.PositiveInfinity, double.PositiveInfinity), (noControl.Ratio, noControl.Upper));
        Assert.Equal(1 / noTreatment.Upper, noControl.Lower, 1e-9);

        var none = ConversionRatio.Evaluate([new(0, 0, 1, 1)], 0.05);
        Assert.Equal((0.0, double.PositiveInfinity), (none.Lower, none.Upper));
        Assert.Equal(0, none.LogPValue);
    }

    [Fact]
    public void Versions_that_contradict_each_other_leave_no_interval()
    {
        var result = ConversionRatio.Evaluate([new(200, 0, 9, 1), new(0, 200, 1, 9)], 0.05);

        Assert.True(result.LogEValueAtOne > Math.Log(20));
        Assert.True(double.IsNaN(result.Lower) && double.IsNaN(result.Upper));
    }

    [Fact]
    public void A_metric_counts_what_falls_into_its_window()
    {
        var start = new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
        var metric = new MetricDefinition(TimeSpan.FromDays(7), Cap: 100);

        Assert.True(metric.IsInWindow(start, start));
        Assert.True(metric.IsInWindow(start, start.AddDays(7)));
        Assert.False(metric.IsInWindow(start, start.AddDays(7).AddTicks(1)));
        Assert.False(metric.IsInWindow(start, start.AddTicks(-1)));
        Assert.False(metric.IsMature(start, start.AddDays(6)));
        Assert.True(metric.IsMature(start, start.AddDays(7)));
        Assert.Equal(30, metric.SubjectValue(10, 20));
        Assert.Equal(100, metric.SubjectValue(90, 20));
        Assert.Equal(-100, metric.SubjectValue(-90, -20));
        Assert.Equal(0, metric.SubjectValue());
        Assert.Equal(1, (metric with { Aggregation = MetricAggregation.Any }).SubjectValue(10, 20));
        Assert.Equal(0, (metric with { Aggregation = MetricAggregation.Any }).SubjectValue());
        Assert.Equal(2, (metric with { Aggregation = MetricAggregation.Count }).SubjectValue(10, 20));
        Assert.Equal(15, (metric with { Aggregation = MetricAggregation.Mean }).SubjectValue(10, 20));
        Assert.Null((metric with { Aggregation = MetricAggregation.Mean }).SubjectValue());
        Assert.Equal(Math.Log(30), (metric with { Scale = MetricScale.Logarithmic }).SubjectValue(10, 20));
        Assert.Throws<ArgumentOutOfRangeException>(() => (metric with { Scale = MetricScale.Logarithmic }).SubjectValue());
    }
}
