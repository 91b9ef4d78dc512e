namespace ExperimentFramework.DataPlane.Science;

/// <summary>How far a running experiment is from the power that its plan asks for.</summary>
/// <param name="PowerNow">The power at the counts so far, for the planned effect.</param>
/// <param name="IsReached">Whether that is the planned power.</param>
/// <param name="RequiredN1">The planned size of each arm at an even split, rounded up.</param>
public sealed record PowerReached(double PowerNow, bool IsReached, double RequiredN1)
{
    /// <summary>Computes the power of a test of two proportions at the counts so far.</summary>
    /// <param name="baselineRate">The proportion in the first arm, between 0 and 1, both excluded.</param>
    /// <param name="relativeEffect">The planned effect as a share of the baseline, not 0; 0.1 plans a rate of 1.1 times the baseline.</param>
    /// <param name="n1">The subjects of the first arm so far, above 0.</param>
    /// <param name="n2">The subjects of the second arm so far, above 0.</param>
    /// <param name="alpha">The error rate, between 0 and 1, both excluded.</param>
    /// <param name="power">The planned power, above alpha divided by the sides and below 1.</param>
    /// <param name="sides">1 or 2.</param>
    /// <param name="method">How the variance is taken.</param>
    /// <returns>The power now, whether it is enough, and what an even split would need.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range, also a planned rate that is not between 0 and 1.</exception>
    public static PowerReached OfProportions(
        double baselineRate, double relativeEffect, double n1, double n2, double alpha, double power, int sides = 2,
        ProportionMethod method = ProportionMethod.PooledNullVariance)
    {
        Require.Probability(baselineRate, nameof(baselineRate));
        Require.Finite(relativeEffect, nameof(relativeEffect));
        Require.Positive(n1, nameof(n1));
        Require.Positive(n2, nameof(n2));
        var planned = baselineRate * (1 + relativeEffect);
        if (!(planned > 0 && planned < 1))
        {
            Require.Throw(nameof(relativeEffect), relativeEffect, $"must plan a rate between 0 and 1, not {planned:R}");
        }

        var powerNow = TwoProportions.Power(baselineRate, planned, n1, alpha, sides, n2 / n1, method);
        return new PowerReached(powerNow, powerNow >= power, TwoProportions.Size(baselineRate, planned, alpha, power, sides, 1, method).N1);
    }
}
