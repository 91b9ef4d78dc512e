namespace ExperimentFramework.DataPlane.Science.Tests;

public sealed class SampleRatioTestTests
{
    [Fact]
    public void A_known_mismatch_has_its_known_p_value()
    {
        // Fabijan et al., "Diagnosing Sample Ratio Mismatch in Online Controlled Experiments" (KDD 2019), section 1: 821,588 against 815,482 has p = 1.8e-6.
        var result = SampleRatioTest.Evaluate([821_588, 815_482], Allocation.FromWeights(1.0, 1.0));

        Assert.Equal(6_106.0 * 6_106 / 1_637_070, result.ChiSquare.Statistic, 1e-12);
        Assert.Equal(1.8e-6, result.ChiSquare.PValue, 0.05e-6);
        Assert.Equal(SampleRatioSeverity.Alert, result.Severity);
    }

    [Fact]
    public void A_statistic_at_a_trillion_subjects_keeps_its_digits()
    {
        // (5e6/2)^2 / (1e12 + 2.5e6) twice.
        var result = SampleRatioTest.Evaluate([1_000_000_000_000, 1_000_005_000_000], Allocation.FromWeights(1m, 1m));

        Assert.Equal(2 * 6.25e12 / (1e12 + 2.5e6), result.ChiSquare.Statistic, 1e-14);
    }

    [Fact]
    public void A_p_value_that_underflows_has_a_logarithm()
    {
        var result = SampleRatioTest.Evaluate([1_000_000, 1_200_000], Allocation.FromWeights(1.0, 1.0));

        Assert.Equal(0, result.ChiSquare.PValue);
        Assert.InRange(result.ChiSquare.Log10PValue, -3960, -3940);
    }

    [Theory]
    [InlineData(0, 0, SampleRatioSeverity.Insufficient)]
    [InlineData(1, 0, SampleRatioSeverity.Insufficient)]
    [InlineData(1, 1, SampleRatioSeverity.None)]
    [InlineData(5000, 5000, SampleRatioSeverity.None)]
    [InlineData(5000, 5258, SampleRatioSeverity.None)]
    [InlineData(5000, 5262, SampleRatioSeverity.Warning)]
    [InlineData(5000, 5332, SampleRatioSeverity.Warning)]
    [InlineData(5000, 5340, SampleRatioSeverity.Alert)]
    public void The_verdict_is_by_p_and_waits_for_enough_subjects(long control, long treatment, SampleRatioSeverity expected) =>
        Assert.Equal(expected, SampleRatioTest.Evaluate([control, treatment], Allocation.FromWeights(1.0, 1.0)).Severity);

    [Fact]
    public void Small_expected_counts_are_judged_by_the_exact_test()
    {
        // 7 of 300 at 0.6 %: chi-square has p = 0.00009, the exact test 0.0027 (1.8 expected).
        var allocation = Allocation.FromWeights(0.006m, 0.994m);
        var result = SampleRatioTest.Evaluate([7, 293], allocation);

        Assert.True(result.ChiSquare.PValue < 0.001);
        Assert.InRange(ExactSampleRatioTest.Evaluate([7, 293], allocation), 0.001, 0.01);
        Assert.Equal(SampleRatioSeverity.Warning, result.Severity);
    }

    [Fact]
    public void Subjects_in_a_variant_without_weight_are_an_alert_and_stay_out_of_the_statistic()
    {
        var result = SampleRatioTest.Evaluate([500, 3, 500], Allocation.FromWeights(1.0, 0.0, 1.0));

        Assert.Equal([1], result.UnexpectedVariants);
        Assert.Equal(3, result.UnexpectedSubjects);
        Assert.Equal(0, result.ChiSquare.Statistic);
        Assert.Equal(1, result.ChiSquare.DegreesOfFreedom);
        Assert.Equal(SampleRatioSeverity.Alert, result.Severity);
    }

    [Fact]
    public void One_variant_alone_cannot_be_tested() =>
        Assert.Equal(SampleRatioSeverity.NotTestable, SampleRatioTest.Evaluate([500, 0], Allocation.FromWeights(1.0, 0.0)).Severity);

    [Fact]
    public void The_worst_deviation_is_relative_and_signed()
    {
        var result = SampleRatioTest.Evaluate([9_900, 95], Allocation.FromWeights(99.0, 1.0));

        Assert.Equal((95 / 99.95) - 1, result.WorstDeviation, 1e-12);
    }

    [Fact]
    public void Weights_need_not_be_normalised_and_decimals_are_exact()
    {
        var thirds = Allocation.Parse("1/3", "1/3", "1/3");
        Assert.Equal(0, SampleRatioTest.Evaluate([7, 7, 7], thirds).ChiSquare.Statistic);
        Assert.Equal(0, SampleRatioTest.Evaluate([1, 9], Allocation.FromWeights(0.1m, 0.9m)).ChiSquare.Statistic);
        Assert.Equal(0, SampleRatioTest.Evaluate([1, 9], Allocation.Parse("1e-1", "0.9")).ChiSquare.Statistic);
        Assert.Equal(0, SampleRatioTest.Evaluate([1, 3], Allocation.FromWeights(25.0, 75.0)).ChiSquare.Statistic);
    }

    [Fact]
    public void Versions_are_pooled_with_their_degrees_of_freedom()
    {
        var first = new SampleRatioCounts(new long[] { 5_100, 4_900 }, Allocation.FromWeights(1.0, 1.0));
        var second = new SampleRatioCounts(new long[] { 8_900, 1_100 }, Allocation.FromWeights(9.0, 1.0));

        var pooled = SampleRatioTest.Stratified(first, second);

        Assert.Equal(4 + (10_000 / 900.0 / 10) + (10_000 / 100.0 / 10), pooled.Statistic, 1e-12);
        Assert.Equal(2, pooled.DegreesOfFreedom);
    }

    [Fact]
    public void Pooled_deviations_of_one_version_are_chi_square()
    {
        var only = new SampleRatioCounts(new long[] { 310, 330, 380 }, Allocation.FromWeights(1.0, 1.0, 1.0));

        var pooled = SampleRatioTest.PooledDeviations(only);

        Assert.Equal(SampleRatioTest.Evaluate(only.Counts.Span, only.Allocation).ChiSquare.Statistic, pooled.Statistic, 1e-11);
        Assert.Equal(2, pooled.DegreesOfFreedom);
    }

    [Fact]
    public void Opposite_deviations_cancel_in_the_pooled_form_only()
    {
        var up = new SampleRatioCounts(new long[] { 5_200, 4_800 }, Allocation.FromWeights(1.0, 1.0));
        var down = new SampleRatioCounts(new long[] { 4_800, 5_200 }, Allocation.FromWeights(1.0, 1.0));

        Assert.Equal(0, SampleRatioTest.PooledDeviations(up, down).Statistic, 1e-12);
        Assert.Equal(32, SampleRatioTest.Stratified(up, down).Statistic, 1e-12);
    }

    [Fact]
    public void Variants_that_never_met_have_a_degree_of_freedom_less()
    {
        var first = new SampleRatioCounts(new long[] { 60, 40, 0, 0 }, Allocation.FromWeights(1.0, 1.0, 0.0, 0.0));
        var second = new SampleRatioCounts(new long[] { 0, 0, 55, 45 }, Allocation.FromWeights(0.0, 0.0, 1.0, 1.0));

        var pooled = SampleRatioTest.PooledDeviations(first, second);

        Assert.Equal(2, pooled.DegreesOfFreedom);
        Assert.Equal(4 + 1, pooled.Statistic, 1e-12);
    }
}
