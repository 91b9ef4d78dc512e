namespace ExperimentFramework.DataPlane.Science.Tests;

public sealed class ExactSampleRatioTestTests
{
    [Fact]
    public void Two_variants_agree_with_an_enumeration()
    {
        foreach (var (total, share) in new[] { (20, 0.5), (30, 0.3), (41, 0.05), (100, 1 / 3.0) })
        {
            var allocation = Allocation.FromWeights(share, 1 - share);
            for (var successes = 0; successes <= total; successes++)
            {
                var expected = Enumerated([successes, total - successes], allocation.Shares.ToArray());
                Assert.Equal(expected, ExactSampleRatioTest.Evaluate([successes, total - successes], allocation), 1e-12);
            }
        }
    }

    [Fact]
    public void Several_variants_agree_with_an_enumeration()
    {
        var random = new Random(7);
        double[][] weights = [[1, 1, 1], [5, 3, 2], [6, 2, 1, 1], [1, 1, 1, 1]];
        for (var round = 0; round < 60; round++)
        {
            var allocation = Allocation.FromWeights(weights[round % weights.Length]);
            var counts = new long[allocation.Count];
            for (var subject = 0; subject < 14; subject++)
            {
                counts[random.Next(counts.Length)]++;
            }

            Assert.Equal(Enumerated(counts, allocation.Shares.ToArray()), ExactSampleRatioTest.Evaluate(counts, allocation), 1e-12);
        }
    }

    [Fact]
    public void Millions_of_subjects_in_two_variants_are_no_enumeration()
    {
        var pValue = ExactSampleRatioTest.Evaluate([5_003_000, 4_997_000], Allocation.FromWeights(1.0, 1.0));

        // At this size the normal approximation with continuity correction is exact to six digits.
        var z = (3_000 - 0.5) / Math.Sqrt(2_500_000);
        Assert.Equal(2 * NormalDistribution.UpperTail(z), pValue, 1e-6);
    }

    [Fact]
    public void Rare_arms_of_a_large_experiment_are_decided_by_whole_branches()
    {
        var pValue = ExactSampleRatioTest.Evaluate([4_990, 4, 6], Allocation.FromWeights(0.998m, 0.001m, 0.001m));

        Assert.InRange(pValue, 0.5, 1);
    }

    [Fact]
    public void Too_many_outcomes_are_refused_with_the_remedy()
    {
        var error = Assert.Throws<ArgumentException>(() => ExactSampleRatioTest.Evaluate(
            [1_000, 1_100, 900, 1_050, 950, 1_010], Allocation.FromWeights(1.0, 1.0, 1.0, 1.0, 1.0, 1.0)));

        Assert.Contains("Use the chi-square test", error.Message);
    }

    [Fact]
    public void A_subject_where_none_can_be_has_p_0() =>
        Assert.Equal(0, ExactSampleRatioTest.Evaluate([5, 5, 1], Allocation.FromWeights(1.0, 1.0, 0.0)));

    private static double Enumerated(long[] counts, double[] shares)
    {
        var observed = MultinomialDistribution.LogProbability(counts, shares) + 1e-9;
        var outcome = new long[counts.Length];
        var sum = 0.0;
        Visit(0, counts.Sum());
        return Math.Min(1, sum);

        void Visit(int index, long left)
        {
            if (index == outcome.Length - 1)
            {
                outcome[index] = left;
                var log = MultinomialDistribution.LogProbability(outcome, shares);
                sum += log <= observed ? Math.Exp(log) : 0;
                return;
            }

            for (outcome[index] = 0; outcome[index] <= left; outcome[index]++)
            {
                Visit(index + 1, left - outcome[index]);
            }
        }
    }
}
