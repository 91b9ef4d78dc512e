namespace ExperimentFramework.DataPlane.Science;

/// <summary>The multinomial distribution.</summary>
public static class MultinomialDistribution
{
    /// <summary>Computes the natural logarithm of the probability of counts.</summary>
    /// <param name="counts">The counts, not negative.</param>
    /// <param name="shares">The probabilities of the cells, normalised; a cell with share 0 must have count 0.</param>
    /// <returns>ln P(counts), with an absolute error of about 1e-15 times its size, for any number of counts.</returns>
    /// <remarks>Uses deviances and Stirling corrections: Loader, "Fast and Accurate Computation of Binomial Probabilities" (2000).</remarks>
    public static double LogProbability(ReadOnlySpan<long> counts, ReadOnlySpan<double> shares)
    {
        Require.SameLength(counts.Length, shares.Length, nameof(counts), nameof(shares));
        double total = 0;
        foreach (var count in counts)
        {
            Require.NotNegative(count, nameof(counts));
            total += count;
        }

        if (total == 0)
        {
            return 0;
        }

        var sum = GammaFunctions.StirlingCorrection(total) + (0.5 * Math.Log(2 * Math.PI * total));
        for (var index = 0; index < counts.Length; index++)
        {
            sum += LogCell(counts[index], total * shares[index]);
        }

        return sum;
    }

    /// <summary>The contribution of one cell to the logarithm.</summary>
    internal static double LogCell(double count, double expected)
    {
        if (expected == 0)
        {
            return count == 0 ? 0 : double.NegativeInfinity;
        }

        var deviance = expected * LogarithmicFunctions.Deviance((count - expected) / expected);
        return count == 0 ? -deviance : -deviance - GammaFunctions.StirlingCorrection(count) - (0.5 * Math.Log(2 * Math.PI * count));
    }
}
