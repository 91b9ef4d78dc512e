namespace ExperimentFramework.DataPlane.Science.Tests;

public sealed class GroupSequentialTests
{
    // Jennison and Turnbull, "Group Sequential Methods with Applications to Clinical Trials" (2000), tables 2.1 and 2.3, alpha 0.05 two-sided: K = 2 to 10.
    private static readonly double[] PocockConstants = [2.1783, 2.2895, 2.3613, 2.4132, 2.4532, 2.4855, 2.5123, 2.5352, 2.5550];
    private static readonly double[] OBrienFlemingConstants = [1.9774, 2.0040, 2.0243, 2.0401, 2.0528, 2.0633, 2.0722, 2.0798, 2.0865];

    [Fact]
    public void Classic_constants_are_those_of_the_tables()
    {
        for (var looks = 2; looks <= 10; looks++)
        {
            Assert.Equal(PocockConstants[looks - 2], ClassicDesign.Create(looks, 0.05, 2, ClassicDesign.PocockDelta).Constant, 6e-5);
            Assert.Equal(OBrienFlemingConstants[looks - 2], ClassicDesign.Create(looks, 0.05, 2, ClassicDesign.OBrienFlemingDelta).Constant, 6e-5);
        }
    }

    [Fact]
    public void Wang_and_Tsiatis_lie_between_their_ends()
    {
        // Two looks need one integral only; this one was done in 20-digit arithmetic (mpmath 1.2).
        Assert.Equal(2.0382156181168756, ClassicDesign.Create(2, 0.05, 2, 0.25).Constant, 1e-13);
        var boundaries = ClassicDesign.Create(5, 0.05, 2, 0.25).Boundaries.Upper.ToArray();
        Assert.Equal(boundaries[4] * Math.Pow(0.2, -0.25), boundaries[0], 1e-12);
    }

    [Fact]
    public void One_look_is_the_fixed_test()
    {
        Assert.Equal(NormalDistribution.UpperQuantile(0.025), ClassicDesign.Create(1, 0.05, 2, 0).Constant, 1e-13);
        Assert.Equal(NormalDistribution.UpperQuantile(0.05), GroupSequentialBoundaries.FromSpending(SpendingFunction.Pocock, 0.05, 1, [1.0]).Upper[0], 1e-13);
    }

    [Fact]
    public void Boundaries_keep_the_times_of_their_looks()
    {
        double[] times = [0.3, 0.55, 1];

        Assert.Equal(times, GroupSequentialBoundaries.FromSpending(SpendingFunction.OBrienFleming, 0.05, 2, times).InformationTimes.ToArray());
    }

    [Fact]
    public void Looking_again_and_again_costs_what_the_tables_say()
    {
        // Armitage, McPherson and Rowe (1969), table 2.
        Assert.Equal(0.0831, RepeatedLooks.CumulativeTypeIError(0.05, Even(2))[^1], 6e-5);
        Assert.Equal(0.142, RepeatedLooks.CumulativeTypeIError(0.05, Even(5))[^1], 6e-4);
        Assert.Equal(0.193, RepeatedLooks.CumulativeTypeIError(0.05, Even(10))[^1], 6e-4);
        Assert.Equal(0.248, RepeatedLooks.CumulativeTypeIError(0.05, Even(20))[^1], 6e-4);
    }

    [Fact]
    public void Spending_boundaries_are_those_of_the_tables()
    {
        // O'Brien-Fleming type, two-sided 0.05, five even looks: Reboussin, DeMets, Kim and Lan (2000), table 1.
        var obrien = GroupSequentialBoundaries.FromSpending(SpendingFunction.OBrienFleming, 0.05, 2, Even(5)).Upper.ToArray();
        double[] expected = [4.8769, 3.3569, 2.6803, 2.2898, 2.0310];
        for (var look = 0; look < 5; look++)
        {
            Assert.Equal(expected[look], obrien[look], 2e-4);
        }

        // The tables' program is good to about 1e-4; the second look in 20-digit arithmetic (mpmath 1.2) to all digits.
        Assert.Equal(3.3570119215746429, obrien[1], 1e-13);

        var pocock = GroupSequentialBoundaries.FromSpending(SpendingFunction.Pocock, 0.05, 2, Even(5)).Upper.ToArray();
        double[] expectedPocock = [2.4380, 2.4268, 2.4101, 2.3966, 2.3859];
        for (var look = 0; look < 5; look++)
        {
            Assert.Equal(expectedPocock[look], pocock[look], 2e-4);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void What_is_spent_is_what_the_boundaries_lose(int sides)
    {
        var random = new Random(5);
        SpendingFunction[] functions =
            [SpendingFunction.OBrienFleming, SpendingFunction.Pocock, SpendingFunction.HwangShihDeCani(-4), SpendingFunction.HwangShihDeCani(0), SpendingFunction.HwangShihDeCani(3), SpendingFunction.Power(2.5)];
        foreach (var function in functions)
        {
            double[] times = [.. Enumerable.Range(0, 8).Select(_ => 0.03 + (0.94 * random.NextDouble())).Append(1).Order()];
            var boundaries = GroupSequentialBoundaries.FromSpending(function, 0.05, sides, times);
            var (above, below) = boundaries.ExitProbabilities(0);
            var lost = 0.0;
            for (var look = 0; look < times.Length; look++)
            {
                lost += above[look] + below[look];
                Assert.Equal(sides * function.Spent(0.05 / sides, times[look]), lost, 1e-12);
            }
        }
    }

    [Fact]
    public void Spending_functions_start_at_0_rise_and_end_at_alpha()
    {
        SpendingFunction[] functions =
            [SpendingFunction.OBrienFleming, SpendingFunction.Pocock, SpendingFunction.HwangShihDeCani(-4), SpendingFunction.HwangShihDeCani(1e-9), SpendingFunction.Power(1)];
        foreach (var function in functions)
        {
            Assert.Equal(0, function.Spent(0.025, 0));
            Assert.Equal(0.025, function.Spent(0.025, 1));
            Assert.Equal(0.025, function.Spent(0.025, 1.7));
            for (var time = 0.05; time < 1; time += 0.05)
            {
                Assert.True(function.Spent(0.025, time) < function.Spent(0.025, time + 0.05));
            }
        }

        Assert.Equal(0.0125, SpendingFunction.HwangShihDeCani(0).Spent(0.025, 0.5), 1e-16);
        Assert.Equal(0.0125, SpendingFunction.HwangShihDeCani(1e-9).Spent(0.025, 0.5), 1e-11);
        Assert.Equal(0.00625, SpendingFunction.Power(2).Spent(0.025, 0.5), 1e-16);
    }

    [Fact]
    public void Spending_times_may_differ_from_information()
    {
        var boundaries = GroupSequentialBoundaries.FromSpending(SpendingFunction.Power(1), 0.05, 2, [0.4, 0.8], [0.5, 1]);
        var (above, below) = boundaries.ExitProbabilities(0);

        Assert.Equal(0.025, above[0] + below[0], 1e-13);
        Assert.Equal(0.05, above.Sum() + below.Sum(), 1e-12);
    }

    [Fact]
    public void A_look_that_may_spend_nothing_has_no_boundary()
    {
        var boundaries = GroupSequentialBoundaries.FromSpending(SpendingFunction.Power(1), 0.05, 1, [0.25, 0.5, 1], [0, 0.5, 0.5]);

        Assert.Equal(double.PositiveInfinity, boundaries.Upper[0]);
        Assert.Equal(NormalDistribution.UpperQuantile(0.025), boundaries.Upper[1], 1e-12);
        Assert.Equal(double.PositiveInfinity, boundaries.Upper[2]);
    }

    [Fact]
    public void The_inflation_of_the_classic_designs_is_that_of_the_tables()
    {
        // Jennison and Turnbull, tables 2.2 and 2.4: alpha 0.05, power 0.9, K = 5.
        foreach (var (delta, expected) in new[] { (ClassicDesign.PocockDelta, 1.207), (ClassicDesign.OBrienFlemingDelta, 1.026) })
        {
            var boundaries = ClassicDesign.Create(5, 0.05, 2, delta).Boundaries;
            var drift = boundaries.DriftFor(0.9);
            Assert.Equal(0.9, boundaries.RejectionProbability(drift), 1e-12);
            Assert.Equal(expected, RepeatedLooks.InflationFactor(drift, 0.05, 2, 0.9), 6e-4);
            Assert.InRange(boundaries.ExpectedInformation(drift), 0.4, 0.9);
        }
    }

    [Fact]
    public void Expected_information_of_one_look_is_all_of_it() =>
        Assert.Equal(1, GroupSequentialBoundaries.FromValues([1.96], 2, [1.0]).ExpectedInformation(3), 1e-15);

    [Fact]
    public void Conditional_power_agrees_with_the_exit_probability_of_the_last_look()
    {
        // From any z, continuing to the last look without further looks.
        Assert.Equal(
            NormalDistribution.UpperTail((1.96 - (1.5 * Math.Sqrt(0.5)) - (2.8 * 0.5)) / Math.Sqrt(0.5)),
            RepeatedLooks.ConditionalPower(1.5, 0.5, 1.96, 2.8),
            1e-14);
    }

    [Fact]
    public void Boundaries_that_spend_next_to_nothing_keep_their_digits()
    {
        // 100 looks of the O'Brien-Fleming type, two-sided 0.05: by an integration of another design, clipped at 25 standard deviations, and the second look in 40-digit arithmetic.
        var boundaries = GroupSequentialBoundaries.FromSpending(SpendingFunction.OBrienFleming, 0.05, 2, Even(100)).Upper;

        Assert.Equal(15.80549, boundaries[1], 1e-5);
        Assert.Equal(9.07532, boundaries[5], 1e-5);
        Assert.Equal(7.838459, boundaries[7], 1e-6);
        Assert.Equal(6.6619739, boundaries[10], 1e-7);
        Assert.Equal(7.253272, GroupSequentialBoundaries.FromSpending(SpendingFunction.OBrienFleming, 1e-10, 2, Even(5)).Upper[3], 1e-6);
    }

    [Fact]
    public void A_thousand_looks_end_and_spend_alpha()
    {
        double[] times = [.. Enumerable.Range(1, 1_000).Select(look => look / 1_000.0)];

        var boundaries = GroupSequentialBoundaries.FromSpending(SpendingFunction.OBrienFleming, 0.05, 2, times);

        // Continuous monitoring with the boundary c/sqrt(t) has c = 2.2414, by the reflection principle.
        Assert.InRange(boundaries.Upper[^1], 2.2, 2.2414);

        // Less than the smallest double may be spent at the first look, so it cannot stop.
        Assert.Equal(double.PositiveInfinity, boundaries.Upper[0]);
        Assert.All(boundaries.Upper[10..].ToArray().Zip(boundaries.Upper[11..].ToArray()), pair => Assert.True(pair.First > pair.Second));
    }

    [Fact]
    public void Uneven_information_down_to_a_ten_thousandth_keeps_its_digits()
    {
        var boundaries = GroupSequentialBoundaries.FromSpending(SpendingFunction.Pocock, 0.05, 2, [0.0001, 0.5, 0.5001, 1]);
        var (above, below) = boundaries.ExitProbabilities(0);

        Assert.Equal(0.05, above.Sum() + below.Sum(), 1e-12);
    }

    private static double[] Even(int looks) => [.. Enumerable.Range(1, looks).Select(look => look / (double)looks)];

    [Theory]
    [InlineData(1e-16)]
    [InlineData(1e-8)]
    public void Looks_that_are_too_close_are_refused(double step)
    {
        var refusal = Assert.ThrowsAny<ArgumentException>(() => GroupSequentialBoundaries.FromValues([2, 2, 2], 2, [0.25, 0.25 + step, 1]));

        Assert.Contains("combine the two looks", refusal.Message, StringComparison.Ordinal);
    }
}
