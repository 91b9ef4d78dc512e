namespace ExperimentFramework.DataPlane.Science;

/// <summary>The power that a running experiment has reached, relative to its plan.</summary>
/// <param name="PowerNow">The power at the counts so far, for the planned effect.</param>
/// <param name="IsReached">Whether the planned power is reached.</param>
/// <param name="RequiredN1">The planned size of each arm at an even split, rounded up.</param>
public sealed record PowerReached(double PowerNow, bool IsReached, double RequiredN1)
{
    /// <summary>Computes the power of a test of two proportions at the counts so far.</summary>
    /// <param name="baselineRate">The proportion in the first arm, between 0 and 1, both excluded.</param>
    /// <param name="relativeEffect">The planned effect as a share of the baseline, not 0; 0.1 means a rate of 1.1 times the baseline.</param>
    /// <param name="n1">The subjects of the first arm so far, above 0.</param>
    /// <param name="power">The planned power, above alpha divided by the sides and below 1.</param>
    /// <param name="test">The test. Its ratio is the ratio of the subjects so far.</param>
    /// <param name="method">How the variance is taken.</param>
    /// <returns>The current power, whether it is sufficient, and the size required at an even split.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="test"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range, or the planned rate is not between 0 and 1.</exception>
    public static PowerReached OfProportions(
        double baselineRate, double relativeEffect, double n1, double power, TwoArmTest test, ProportionMethod method = ProportionMethod.PooledNullVariance)
    {
        ArgumentNullException.ThrowIfNull(test);
        Require.Probability(baselineRate, nameof(baselineRate));
        Require.Finite(relativeEffect, nameof(relativeEffect));
        Require.Positive(n1, nameof(n1));
        var planned = baselineRate * (1 + relativeEffect);
        if (!(planned > 0 && planned < 1))
        {
            Require.Throw(nameof(relativeEffect), relativeEffect, $"must result in a planned rate between 0 and 1, not {planned:R}");
        }

        var powerNow = TwoProportions.Power(baselineRate, planned, n1, test, method);
        var evenSplit = new TwoArmTest(test.Alpha, test.Sides);
        return new PowerReached(powerNow, powerNow >= power, TwoProportions.Size(baselineRate, planned, power, evenSplit, method).N1);
    }
}
