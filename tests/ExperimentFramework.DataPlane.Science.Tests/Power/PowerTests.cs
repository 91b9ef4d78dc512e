namespace ExperimentFramework.DataPlane.Science.Tests;

public sealed class PowerTests
{
    private static readonly TwoArmTest Test = new(alpha: 0.05);

    [Fact]
    public void Sample_sizes_of_proportions_are_those_of_common_calculators()
    {
        // Fleiss, Levin and Paik (2003), table A.4 (with continuity correction) and R 4.3 power.prop.test: p 0.5 against 0.75, power 0.9, 0.05 two-sided: n = 76.7.
        Assert.Equal(76.7, TwoProportions.Size(0.5, 0.75, 0.9, Test).ExactN1, 0.05);
        Assert.Equal(77, TwoProportions.Size(0.5, 0.75, 0.9, Test).N1);
        Assert.Equal(3_841, TwoProportions.Size(0.1, 0.12, 0.8, Test).N1);
        Assert.Equal(
            85, TwoProportions.Size(0.5, 0.75, 0.9, Test, ProportionMethod.PooledNullVarianceContinuityCorrected).N1);
    }

    [Fact]
    public void Sample_sizes_of_means_are_those_of_common_calculators()
    {
        // Cohen (1988), table 2.4.1: d 0.5, power 0.8, 0.05 two-sided: 64; R power.t.test: 63.76576, power at 20: 0.3377.
        Assert.Equal(63.76576, TwoMeans.StudentSize(0.5, 1, 0.8, Test).ExactN1, 1e-4);
        Assert.Equal(64, TwoMeans.StudentSize(0.5, 1, 0.8, Test).N1);
        Assert.Equal(0.33771, TwoMeans.StudentPower(0.5, 1, 20, Test), 2e-5);
        Assert.Equal(62.79, TwoMeans.Size(0.5, 1, 1, 0.8, Test).ExactN1, 5e-3);
    }

    [Theory]
    [InlineData(ProportionMethod.PooledNullVariance)]
    [InlineData(ProportionMethod.PooledNullVarianceContinuityCorrected)]
    [InlineData(ProportionMethod.UnpooledVariance)]
    [InlineData(ProportionMethod.ArcsineCohenH)]
    public void Size_power_and_detectable_difference_are_inverses(ProportionMethod method)
    {
        foreach (var ratio in new[] { 1, 0.25, 3 })
        {
            foreach (var sides in new[] { 1, 2 })
            {
                var test = new TwoArmTest(0.05, sides, ratio);
                var size = TwoProportions.Size(0.08, 0.1, 0.85, test, method);
                Assert.Equal(0.85, TwoProportions.Power(0.08, 0.1, size.ExactN1, test, method), 1e-12);
                Assert.Equal(0.02, TwoProportions.DetectableIncrease(0.08, size.ExactN1, 0.85, test, method)!.Value, 1e-11);
                var down = TwoProportions.Size(0.08, 0.05, 0.85, test, method);
                Assert.Equal(0.03, TwoProportions.DetectableDecrease(0.08, down.ExactN1, 0.85, test, method)!.Value, 1e-11);
                Assert.Equal(Math.Ceiling(size.ExactN1 * ratio), size.N2);
                Assert.Equal(size.N1 + size.N2, size.Total);
            }
        }
    }

    [Fact]
    public void Means_size_power_and_detectable_difference_are_inverses()
    {
        foreach (var ratio in new[] { 1, 0.5, 4 })
        {
            var test = new TwoArmTest(0.05, ratio: ratio);
            var size = TwoMeans.Size(2, 10, 14, 0.9, test);
            Assert.Equal(0.9, TwoMeans.Power(2, 10, 14, size.ExactN1, test), 1e-12);
            Assert.Equal(2, TwoMeans.Detectable(10, 14, size.ExactN1, 0.9, test), 1e-11);
            var student = TwoMeans.StudentSize(2, 3, 0.9, test);
            Assert.Equal(0.9, TwoMeans.StudentPower(2, 3, student.ExactN1, test), 1e-11);
            Assert.Equal(2, TwoMeans.StudentDetectable(3, student.ExactN1, 0.9, test), 1e-10);
        }
    }

    [Fact]
    public void An_effect_that_no_proportion_shows_is_null()
    {
        Assert.Null(TwoProportions.DetectableDecrease(0.01, 100, 0.8, Test));
        Assert.Null(TwoProportions.DetectableIncrease(0.99, 20, 0.8, Test));
    }

    [Fact]
    public void Both_tails_add_the_rejections_on_the_wrong_side()
    {
        var near = TwoProportions.Power(0.1, 0.1001, 1_000, Test);
        var both = TwoProportions.Power(0.1, 0.1001, 1_000, Test, bothTails: true);

        Assert.InRange(both - near, 0.02, 0.03);
        Assert.Equal(0.05, TwoProportions.Power(0.1, 0.1, 1_000, Test, bothTails: true), 1e-14);
    }

    [Fact]
    public void Power_reached_is_that_of_the_counts_so_far()
    {
        var reached = PowerReached.OfProportions(0.1, 0.2, 3_841, 0.8, Test);

        Assert.True(reached.IsReached);
        Assert.Equal(TwoProportions.Power(0.1, 0.12, 3_841, Test), reached.PowerNow, 1e-14);
        Assert.Equal(3_841, reached.RequiredN1);
        Assert.False(PowerReached.OfProportions(0.1, 0.2, 3_840, 0.8, Test).IsReached);
    }

    [Theory]
    [InlineData(1e-5)]
    [InlineData(1e-4)]
    public void A_difference_so_small_that_the_t_distribution_is_normal_has_the_sample_of_the_normal_one(double difference)
    {
        var test = new TwoArmTest(0.05);
        var normal = TwoMeans.Size(difference, 1, 1, 0.8, test).ExactN1;

        Assert.Equal(1, TwoMeans.StudentSize(difference, 1, 0.8, test).ExactN1 / normal, 1e-6);
        Assert.Equal(TwoMeans.Power(difference, 1, 1, normal, test), TwoMeans.StudentPower(difference, 1, normal, test), 1e-6);
        Assert.Equal(1, TwoMeans.StudentDetectable(1, normal, 0.8, test) / difference, 1e-6);
    }
}
