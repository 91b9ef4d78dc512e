namespace ExperimentFramework.DataPlane.Science.Tests;

public sealed class PlannedSampleTests
{
    [Fact]
    public void Two_even_variants_need_what_the_tables_say()
    {
        var sample = PlannedSample.Of(Plans.Conversions(), Weights(("control", 1), ("b", 1)))!;

        // Fleiss, Levin and Paik (2003), equation 4.14, for 0.2 against 0.25, two-sided 0.05, power 0.8.
        Assert.Equal((2_188, 1_094, 1_094), (sample.Total, sample.ByVariant["control"], sample.ByVariant["b"]));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(9, 1)]
    [InlineData(1, 9)]
    [InlineData(0.7, 0.3)]
    public void The_arms_have_the_planned_power_at_any_split(double control, double treatment)
    {
        foreach (var plan in new[] { Plans.Conversions(), Plans.Means(), Plans.Means() with { Sides = 1, Alpha = 0.01, Power = 0.95 } })
        {
            var sample = PlannedSample.Of(plan, Weights(("control", control), ("b", treatment), ("off", 0)))!;
            var test = new TwoArmTest(plan.Alpha, plan.Sides, treatment / control);
            double PowerAt(double n1) => plan.PrimaryMetric.IsConversion ? TwoProportions.Power(0.2, 0.25, n1, test) : TwoMeans.Power(5, 20, 20, n1, test);

            Assert.Equal(2, sample.ByVariant.Count);
            Assert.InRange(PowerAt(sample.ByVariant["control"]), plan.Power, plan.Power + 0.01);
            Assert.True(PowerAt(sample.ByVariant["control"] - 2) < plan.Power);
            Assert.Equal(sample.Total * treatment / (control + treatment), sample.ByVariant["b"], 1.0);
        }
    }

    [Fact]
    public void More_variants_share_the_error_rate_and_the_smallest_one_decides()
    {
        var plan = Plans.Means();
        var sample = PlannedSample.Of(plan, Weights(("control", 2), ("b", 2), ("c", 1)))!;

        var needed = TwoMeans.Size(5, 20, 20, plan.Power, new TwoArmTest(plan.Alpha / 2, 2, 0.5));
        Assert.Equal(needed.ExactN1 * 5 / 2, sample.Total, 1.0);
        Assert.Equal(sample.ByVariant["control"], sample.ByVariant["b"]);
    }

    [Fact]
    public void Group_sequential_looks_inflate_it_as_the_tables_say()
    {
        var plan = Plans.Means() with { Alpha = 0.05, Power = 0.9 };
        var weights = Weights(("control", 1), ("b", 1));
        var once = PlannedSample.Of(plan with { Looks = LookSchedule.FixedHorizon }, weights)!.Total;

        // Jennison and Turnbull (2000), tables 7.3 and 7.6: the spending functions of Kim and DeMets, five looks, two-sided 0.05, power 0.9: 1.085 for rho 2, 1.028 for rho 3.
        var squared = PlannedSample.Of(plan with { Looks = LookSchedule.GroupSequential(SpendingFunction.Power(2), 0.2, 0.4, 0.6, 0.8, 1) }, weights)!.Total;
        Assert.Equal(RepeatedLooks.InflationFactor(GroupSequentialBoundaries.FromSpending(SpendingFunction.Power(2), 0.05, 2, [0.2, 0.4, 0.6, 0.8, 1]).DriftFor(0.9), 0.05, 2, 0.9), squared / (double)once, 0.003);
        Assert.True(PlannedSample.Of(plan with { Looks = LookSchedule.GroupSequential(SpendingFunction.OBrienFleming, 0.5, 1) }, weights)!.Total > once);
        Assert.Equal(once, PlannedSample.Of(plan, weights)!.Total);
    }

    [Fact]
    public void A_ratio_of_geometric_means_needs_no_baseline()
    {
        var plan = Plans.Conversions() with { PrimaryMetric = Plans.Latency with { StandardDeviation = 1.2 }, MinimumEffect = 0.05 };

        var sample = PlannedSample.Of(plan, Weights(("control", 1), ("b", 1)))!;

        Assert.Equal(2 * TwoMeans.Size(Math.Log(1.05), 1.2, 1.2, 0.8, new TwoArmTest(0.05)).ExactN1, sample.Total, 1.0);
    }

    [Fact]
    public void What_cannot_be_known_is_null()
    {
        var weights = Weights(("control", 1), ("b", 1));
        Assert.Null(PlannedSample.Of(Plans.Conversions() with { MinimumEffect = null }, weights));
        Assert.Null(PlannedSample.Of(Plans.Conversions() with { PrimaryMetric = Plans.Conversions().PrimaryMetric with { Baseline = null } }, weights));
        Assert.Null(PlannedSample.Of(Plans.Means() with { PrimaryMetric = Plans.Means().PrimaryMetric with { StandardDeviation = null } }, weights));
        Assert.Null(PlannedSample.Of(Plans.Conversions(), Weights(("a", 1), ("b", 1))));
        Assert.Null(PlannedSample.Of(Plans.Conversions(), Weights(("control", 1), ("b", 0))));
        Assert.Throws<ArgumentOutOfRangeException>(() => PlannedSample.Of(Plans.Conversions(), Weights(("control", 1), ("b", double.NaN))));
        Assert.Throws<ArgumentException>(() => PlannedSample.Of(Plans.Conversions() with { Alpha = 3 }, weights));
    }

    [Fact]
    public void An_effect_beyond_reach_needs_more_than_can_be_counted_and_no_overflow() =>
        Assert.Equal(long.MaxValue, PlannedSample.Of(Plans.Conversions() with { MinimumEffect = 1e-12 }, Weights(("control", 1), ("b", 1)))!.Total);

    [Fact]
    public void Looks_at_any_time_take_as_a_rule_one_and_a_half_to_two_and_a_half_times_as_many_subjects()
    {
        foreach (var metric in new[] { Plans.Conversions().PrimaryMetric, Plans.Means().PrimaryMetric, Plans.Conversions().PrimaryMetric with { Baseline = 0.05 } })
        {
            foreach (var (alpha, power, sides) in new[] { (0.05, 0.8, 2), (0.05, 0.8, 1), (0.05, 0.9, 2), (0.01, 0.8, 2), (0.01, 0.9, 1) })
            {
                var plan = Plans.Conversions() with { PrimaryMetric = metric, MinimumEffect = 0.1, Alpha = alpha, Power = power, Sides = sides };
                var sample = PlannedSample.Of(plan, Weights(("control", 1), ("b", 1)))!;

                Assert.InRange(sample.TotalForPower / (double)sample.Total, 1.5, 2.5);
            }
        }
    }

    [Fact]
    public void A_power_little_above_the_error_rate_takes_many_times_the_sample_of_a_single_look()
    {
        var plan = Plans.Means() with { Sides = 1, Alpha = 0.49, Power = 0.51, MinimumEffect = 0.01 };
        var sample = PlannedSample.Of(plan, Weights(("control", 1), ("b", 1)))!;

        // The last of the looks alone rejects at the bound of the always-valid test, so it needs at least the z-value of that bound minus that of the power.
        var bound = AsymptoticConfidenceSequence.OneSided(1, sample.TotalForPower / (double)sample.Total, plan.Alpha, 1).HalfWidth;
        Assert.InRange(sample.TotalForPower / (double)sample.Total, 64.1, Math.Pow((bound - NormalDistribution.UpperQuantile(plan.Power)) / (NormalDistribution.UpperQuantile(plan.Alpha) - NormalDistribution.UpperQuantile(plan.Power)), 2));
    }

    [Fact]
    public void A_power_that_looks_at_any_time_cannot_reach_takes_more_subjects_than_can_be_counted()
    {
        var plan = Plans.Means() with { Sides = 1, Alpha = 0.5 - 1e-13, Power = 0.5 + 1e-13 };

        Assert.Equal(long.MaxValue, PlannedSample.Of(plan, Weights(("control", 1), ("b", 1)))!.TotalForPower);
    }

    [Theory]
    [InlineData(0.2, 1e-12)]
    [InlineData(0.05, 1e-12)]
    [InlineData(0.05, 1e-15)]
    [InlineData(0.000_001, 1e-9)]
    [InlineData(1e-300, 1e-15)]
    public void An_effect_beyond_reach_at_any_rate_takes_more_subjects_than_can_be_counted_with_looks_at_any_time(double rate, double effect)
    {
        var plan = Plans.Conversions() with { PrimaryMetric = Plans.Conversions().PrimaryMetric with { Baseline = rate }, MinimumEffect = effect };
        var sample = PlannedSample.Of(plan, Weights(("control", 1), ("b", 1)))!;

        Assert.Equal((long.MaxValue, long.MaxValue), (sample.Total, sample.TotalForPower));
    }

    [Fact]
    public void A_rare_conversion_takes_ever_more_subjects_the_smaller_the_effect_is()
    {
        double[] inflations = [.. new[] { 1e-2, 1e-4, 1e-6, 1e-7 }.Select(static effect =>
        {
            var plan = Plans.Conversions() with { PrimaryMetric = Plans.Conversions().PrimaryMetric with { Baseline = 0.05 }, MinimumEffect = effect };
            var sample = PlannedSample.Of(plan, Weights(("control", 1), ("b", 1)))!;
            return sample.TotalForPower / (double)sample.Total;
        })];

        // The mixture of concentrations is widest at few conversions, so its bound grows with the logarithm of the sample.
        Assert.Equal(inflations.Order(), inflations);
        Assert.InRange(inflations[^1], 2, 10);
    }

    private static Dictionary<string, double> Weights(params (string Key, double Weight)[] weights) => weights.ToDictionary(static entry => entry.Key, static entry => entry.Weight);
}
