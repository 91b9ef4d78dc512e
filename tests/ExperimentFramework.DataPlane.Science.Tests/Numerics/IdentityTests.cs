namespace ExperimentFramework.DataPlane.Science.Tests;

/// <summary>Recurrences, complements and inverses, at random arguments with a fixed seed.</summary>
public sealed class IdentityTests
{
    private readonly Random _random = new(20261128);

    [Fact]
    public void Gamma_of_x_plus_1_is_x_times_gamma_of_x()
    {
        foreach (var x in LogUniform(1e-6, 1e8))
        {
            AssertClose(GammaFunctions.LogGamma(x) + Math.Log(x), GammaFunctions.LogGamma(x + 1), 1 + Math.Abs(Math.Log(x)));
        }
    }

    [Fact]
    public void Gamma_of_integers_are_factorials()
    {
        var factorial = 1.0;
        for (var n = 1; n <= 20; n++)
        {
            AssertClose(Math.Log(factorial), GammaFunctions.LogGamma(n), 1);
            factorial *= n;
        }
    }

    [Fact]
    public void Beta_of_a_and_b_is_the_sum_of_its_neighbours()
    {
        foreach (var a in LogUniform(1e-3, 1e6))
        {
            var b = LogUniform(1e-3, 1e6).First();
            var sum = LogarithmicFunctions.LogSumExp([GammaFunctions.LogBeta(a + 1, b), GammaFunctions.LogBeta(a, b + 1)]);
            AssertClose(GammaFunctions.LogBeta(a, b), sum, 1 + Math.Abs(sum));
        }
    }

    [Fact]
    public void Upper_and_lower_incomplete_gamma_add_up_to_1()
    {
        foreach (var a in LogUniform(0.5, 1e5))
        {
            var x = a * LogUniform(0.3, 3).First();
            Assert.Equal(1, Math.Exp(IncompleteGamma.LogUpper(a, x)) + Math.Exp(IncompleteGamma.LogLower(a, x)), 1e-12);
        }
    }

    [Fact]
    public void Incomplete_gamma_follows_its_recurrence()
    {
        // Q(a + 1, x) = Q(a, x) + x^a exp(-x) / Gamma(a + 1): DLMF 8.8.6.
        foreach (var a in LogUniform(0.5, 300))
        {
            var x = a * LogUniform(0.2, 5).First();
            var step = (a * Math.Log(x)) - x - GammaFunctions.LogGamma(a + 1);
            var sum = LogarithmicFunctions.LogSumExp([IncompleteGamma.LogUpper(a, x), step]);
            AssertClose(sum, IncompleteGamma.LogUpper(a + 1, x), 1 + Math.Abs(step) + a);
        }
    }

    [Fact]
    public void Chi_square_with_two_degrees_of_freedom_is_exponential_far_beyond_the_smallest_double()
    {
        foreach (var x in new[] { 0.1, 10, 1_000, 1e5, 9e5 })
        {
            AssertClose(-x / 2, IncompleteGamma.LogChiSquareUpperTail(x, 2), x);
        }
    }

    [Fact]
    public void Chi_square_with_one_degree_of_freedom_is_two_normal_tails()
    {
        for (var z = 0.05; z < 50; z += 0.37)
        {
            AssertClose(Math.Log(2) + NormalDistribution.LogUpperTail(z), IncompleteGamma.LogChiSquareUpperTail(z * z, 1), 1 + (z * z));
        }
    }

    [Fact]
    public void Normal_quantiles_invert_tails_on_both_sides()
    {
        for (var z = -8.0; z < 60; z += 0.173)
        {
            Assert.Equal(z, NormalDistribution.UpperQuantileFromLog(NormalDistribution.LogUpperTail(z)), 1e-12 * Math.Max(1, Math.Abs(z)) * (z < 0 ? Math.Exp(z * z / 2) : 1));
        }
    }

    [Fact]
    public void Tails_of_Student_approach_the_normal_ones_and_quantiles_invert_them()
    {
        Assert.Equal(NormalDistribution.LogUpperTail(3), StudentDistribution.LogUpperTail(3, 1e9), 1e-7);
        foreach (var degreesOfFreedom in new[] { 1, 2, 4.5, 30, 1e4, 1e7 })
        {
            foreach (var probability in new[] { 1e-12, 0.001, 0.025, 0.4, 0.6, 0.975 })
            {
                var t = StudentDistribution.UpperQuantile(probability, degreesOfFreedom);
                Assert.Equal(probability, StudentDistribution.UpperTail(t, degreesOfFreedom), 1e-11 * probability);
            }
        }
    }

    [Fact]
    public void Quadrature_is_exact_for_polynomials_of_its_degree()
    {
        foreach (var count in new[] { 1, 2, 5, 16, 64 })
        {
            var rule = new GaussLegendre(count);
            for (var degree = 0; degree <= Math.Min((2 * count) - 1, 60); degree++)
            {
                var sum = 0.0;
                for (var node = 0; node < count; node++)
                {
                    sum += rule.Weights[node] * Math.Pow(rule.Nodes[node], degree);
                }

                Assert.Equal(degree % 2 == 0 ? 2.0 / (degree + 1) : 0, sum, 1e-14);
            }
        }
    }

    [Fact]
    public void Roots_are_found_to_the_last_digits()
    {
        Assert.Equal(Math.Sqrt(2), RootFinding.Find(x => (x * x) - 2, 0, 2), 1e-15);
        Assert.Equal(7.0, RootFinding.FindDecreasing(x => 7 - x, -1e3, 0.1), 1e-13);
        Assert.Equal(-400.0, RootFinding.FindDecreasing(x => -x - 400, 3, 1), 1e-12);
        Assert.Throws<ArgumentException>(() => RootFinding.Find(x => (x * x) + 1, 0, 2));
    }

    [Fact]
    public void Multinomial_probabilities_add_up_to_1()
    {
        double[] shares = [0.2, 0.5, 0.3];
        var sum = 0.0;
        for (var a = 0; a <= 30; a++)
        {
            for (var b = 0; b <= 30 - a; b++)
            {
                sum += Math.Exp(MultinomialDistribution.LogProbability([a, b, 30 - a - b], shares));
            }
        }

        Assert.Equal(1, sum, 1e-13);
    }

    private IEnumerable<double> LogUniform(double low, double high) =>
        Enumerable.Range(0, 300).Select(_ => Math.Exp(Math.Log(low) + (_random.NextDouble() * Math.Log(high / low))));

    private static void AssertClose(double expected, double actual, double scale) =>
        Assert.True(Math.Abs(actual - expected) <= 1e-12 * Math.Max(scale, Math.Abs(expected)), $"{actual:R} instead of {expected:R}");
}
