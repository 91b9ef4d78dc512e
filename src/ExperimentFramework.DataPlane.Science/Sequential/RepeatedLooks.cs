namespace ExperimentFramework.DataPlane.Science;

/// <summary>The consequences of repeated looks, with and without a group sequential test.</summary>
public static class RepeatedLooks
{
    /// <summary>Computes the type I error of repeated looks at a fixed-sample test.</summary>
    /// <param name="nominalAlpha">The two-sided level of each look, between 0 and 1, both excluded.</param>
    /// <param name="informationTimes">The information fraction of each look, ascending, above 0.</param>
    /// <returns>For each look, the probability of a rejection at that look or an earlier one. The last value is the overall type I error.</returns>
    /// <exception cref="ArgumentException">An argument is out of range.</exception>
    public static double[] CumulativeTypeIError(double nominalAlpha, ReadOnlySpan<double> informationTimes)
    {
        Require.Probability(nominalAlpha, nameof(nominalAlpha));
        var upper = new double[informationTimes.Length];
        Array.Fill(upper, NormalDistribution.UpperQuantile(nominalAlpha / 2));
        var (above, below) = GroupSequentialBoundaries.FromValues(upper, 2, informationTimes).ExitProbabilities(0);
        var sum = 0.0;
        return Array.ConvertAll(above.Zip(below, (one, other) => one + other).ToArray(), exit => sum += exit);
    }

    /// <summary>Computes the ratio of the maximum sample size of a group sequential test to that of a fixed-sample test with the same power.</summary>
    /// <param name="drift">The drift at which the sequential test has the power: <see cref="GroupSequentialBoundaries.DriftFor"/>.</param>
    /// <param name="alpha">The error rate of both tests, between 0 and 1, both excluded.</param>
    /// <param name="sides">1 or 2.</param>
    /// <param name="power">The power, between 0 and 1, both excluded.</param>
    /// <returns>The ratio of the sample sizes, drift^2 / (z(alpha/sides) + z(1 - power))^2.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public static double InflationFactor(double drift, double alpha, int sides, double power)
    {
        Require.Finite(drift, nameof(drift));
        Require.Probability(alpha, nameof(alpha));
        Require.Sides(sides, nameof(sides));
        Require.Probability(power, nameof(power));
        var ratio = drift / (NormalDistribution.UpperQuantile(alpha / sides) + NormalDistribution.UpperQuantile(1 - power));
        return ratio * ratio;
    }

    /// <summary>Computes the probability that the last look rejects, given the z-value of an earlier one.</summary>
    /// <param name="z">The z-value now.</param>
    /// <param name="informationFraction">The information fraction now, between 0 and 1, both excluded.</param>
    /// <param name="finalCriticalZ">The upper boundary of the last look.</param>
    /// <param name="driftAtFullInformation">The expected z-value at the last look; <c>z / sqrt(fraction)</c> for the current trend.</param>
    /// <returns>The probability: Phi((z sqrt(t) + drift (1 - t) - c) / sqrt(1 - t)).</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public static double ConditionalPower(double z, double informationFraction, double finalCriticalZ, double driftAtFullInformation)
    {
        Require.Finite(z, nameof(z));
        Require.Probability(informationFraction, nameof(informationFraction));
        Require.Finite(finalCriticalZ, nameof(finalCriticalZ));
        Require.Finite(driftAtFullInformation, nameof(driftAtFullInformation));
        var left = 1 - informationFraction;
        return NormalDistribution.Cumulative(((z * Math.Sqrt(informationFraction)) + (driftAtFullInformation * left) - finalCriticalZ) / Math.Sqrt(left));
    }
}
