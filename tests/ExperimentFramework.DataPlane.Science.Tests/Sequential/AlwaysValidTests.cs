namespace ExperimentFramework.DataPlane.Science.Tests;

public sealed class AlwaysValidTests
{
    [Fact]
    public void The_confidence_sequence_is_equation_9_tuned_by_equation_161()
    {
        // rho = sqrt((-2 ln a + ln(1 - 2 ln a)) / N*), half = s sqrt(2 (n rho^2 + 1)/(n rho)^2 ln(sqrt(n rho^2 + 1)/a)), s^2 = n se^2.
        double alpha = 0.05, size = 20_000, tuning = 10_000, standardError = 0.01;
        var rho = Math.Sqrt(((-2 * Math.Log(alpha)) + Math.Log(1 - (2 * Math.Log(alpha)))) / tuning);
        var information = size * rho * rho;
        var expected = standardError * Math.Sqrt(size) * Math.Sqrt(2 * (information + 1) / (size * size * rho * rho) * Math.Log(Math.Sqrt(information + 1) / alpha));

        var result = AsymptoticConfidenceSequence.Evaluate(0.03, standardError, size, alpha, tuning);

        Assert.Equal(rho * rho, result.RhoSquared, 1e-16);
        Assert.Equal(expected, result.HalfWidth, 1e-14);
        Assert.Equal(0.03 - expected, result.Lower, 1e-14);
    }

    [Fact]
    public void The_interval_touches_0_where_the_e_value_reaches_1_over_alpha()
    {
        var standardError = 0.01;
        var half = AsymptoticConfidenceSequence.Evaluate(0, standardError, 5_000, 0.05, 10_000).HalfWidth;

        Assert.Equal(-Math.Log(0.05), AsymptoticConfidenceSequence.Evaluate(half, standardError, 5_000, 0.05, 10_000).LogEValue, 1e-12);
    }

    [Fact]
    public void It_is_narrowest_relative_to_the_fixed_interval_at_its_tuning_size()
    {
        double Multiplier(double size) => AsymptoticConfidenceSequence.Multiplier(size * AsymptoticConfidenceSequence.RhoSquared(0.05, 10_000), 0.05);

        Assert.True(Multiplier(10_000) < Multiplier(7_000));
        Assert.True(Multiplier(10_000) < Multiplier(14_000));
    }

    [Fact]
    public void One_side_is_narrower_and_tuned_for_twice_alpha()
    {
        var (rho, half) = AsymptoticConfidenceSequence.OneSided(0.01, 10_000, 0.05, 10_000);

        Assert.Equal(Math.Sqrt(AsymptoticConfidenceSequence.RhoSquared(0.1, 10_000)), rho, 1e-16);
        Assert.True(half < AsymptoticConfidenceSequence.Evaluate(0, 0.01, 10_000, 0.05, 10_000).HalfWidth);
    }

    [Fact]
    public void The_mixture_bound_is_the_confidence_sequence_in_other_units()
    {
        // With v = n and rho_bound = 1/rho^2 the bound divided by n is the half width for unit variance.
        var rhoSquared = AsymptoticConfidenceSequence.RhoSquared(0.05, 10_000);
        var bound = NormalMixture.Bound(4_000, 0.05, 1 / rhoSquared);

        Assert.Equal(AsymptoticConfidenceSequence.Evaluate(0, 1 / Math.Sqrt(4_000), 4_000, 0.05, 10_000).HalfWidth, bound / 4_000, 1e-14);
        Assert.Equal(1 / rhoSquared, NormalMixture.Rho(10_000, 0.05), 1e-8);
    }

    [Fact]
    public void The_mixture_ratio_is_an_integral_over_the_mixing_distribution()
    {
        double difference = 0.7, variance = 0.09, tauSquared = 0.25;
        var rule = new GaussLegendre(200);
        var integral = 0.0;
        for (var node = 0; node < 200; node++)
        {
            var theta = 6 * rule.Nodes[node];
            var ratio = Math.Exp(((difference * theta) - (theta * theta / 2)) / variance);
            integral += 6 * rule.Weights[node] * ratio * Math.Exp(-theta * theta / (2 * tauSquared)) / Math.Sqrt(2 * Math.PI * tauSquared);
        }

        Assert.Equal(Math.Log(integral), NormalMixture.LogLikelihoodRatio(difference, variance, tauSquared), 1e-12);
    }

    [Fact]
    public void The_mixture_interval_touches_0_where_its_ratio_reaches_1_over_alpha()
    {
        var half = NormalMixture.HalfWidth(0.09, 0.25, 0.05);

        Assert.Equal(-Math.Log(0.05), NormalMixture.LogLikelihoodRatio(half, 0.09, 0.25), 1e-12);
    }

    [Fact]
    public void The_t_interval_touches_0_where_its_e_value_reaches_1_over_alpha()
    {
        var multiplier = NormalMixture.StudentMultiplier(98, 100, 1, 0.05);

        Assert.Equal(-Math.Log(0.05), NormalMixture.LogStudentEValue(multiplier, 98, 100, 1), 1e-11);
        Assert.Equal(double.PositiveInfinity, NormalMixture.StudentMultiplier(1, 2, 1, 0.05));
    }
}
