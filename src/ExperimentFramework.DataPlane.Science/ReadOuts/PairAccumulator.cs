namespace ExperimentFramework.DataPlane.Science;

/// <summary>Means, squared deviations and codeviations of pairs: an outcome y with a covariate x, or a numerator y with a denominator x.</summary>
/// <param name="Count">n, how many pairs there are.</param>
/// <param name="MeanY">The mean of y.</param>
/// <param name="MeanX">The mean of x.</param>
/// <param name="M2Y">The sum of the squared deviations of y.</param>
/// <param name="M2X">The sum of the squared deviations of x.</param>
/// <param name="Codeviation">The sum of the products of the deviations of x and y.</param>
public readonly record struct PairAccumulator(double Count, double MeanY, double MeanX, double M2Y, double M2X, double Codeviation)
{
    /// <summary>The tolerance for sums that are inconsistent because of rounding.</summary>
    private const double Rounding = 1e-6;

    /// <summary>Adds a pair.</summary>
    /// <param name="y">The outcome or numerator, finite.</param>
    /// <param name="x">The covariate or denominator, finite.</param>
    /// <returns>The accumulator with the pair.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value is not finite.</exception>
    public PairAccumulator Add(double y, double x)
    {
        Require.Finite(y, nameof(y));
        Require.Finite(x, nameof(x));
        var count = Count + 1;
        double fromY = y - MeanY, fromX = x - MeanX;
        double meanY = MeanY + (fromY / count), meanX = MeanX + (fromX / count);
        return new PairAccumulator(
            count, meanY, meanX, M2Y + (fromY * (y - meanY)), M2X + (fromX * (x - meanX)), Codeviation + (fromX * (y - meanY)));
    }

    /// <summary>Merges the pairs of another accumulator.</summary>
    /// <param name="other">The other accumulator, of other pairs.</param>
    /// <returns>The accumulator of all pairs.</returns>
    public PairAccumulator Merge(PairAccumulator other)
    {
        if (other.Count == 0)
        {
            return this;
        }

        if (Count == 0)
        {
            return other;
        }

        var count = Count + other.Count;
        double betweenY = other.MeanY - MeanY, betweenX = other.MeanX - MeanX;
        var weight = Count * (other.Count / count);
        return new PairAccumulator(
            count,
            MeanY + (betweenY * (other.Count / count)),
            MeanX + (betweenX * (other.Count / count)),
            M2Y + other.M2Y + (betweenY * betweenY * weight),
            M2X + other.M2X + (betweenX * betweenX * weight),
            Codeviation + other.Codeviation + (betweenX * betweenY * weight));
    }

    /// <summary>Creates the accumulator of pairs from their sums.</summary>
    /// <param name="count">n, above 0.</param>
    /// <param name="sumY">The sum of y.</param>
    /// <param name="sumX">The sum of x.</param>
    /// <param name="sumYY">The sum of the squares of y.</param>
    /// <param name="sumXX">The sum of the squares of x.</param>
    /// <param name="sumYX">The sum of the products.</param>
    /// <returns>The accumulator. Sums lose digits if the mean is large compared with the deviations; adding and merging do not.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is not finite, or n is not above 0.</exception>
    public static PairAccumulator OfSums(double count, double sumY, double sumX, double sumYY, double sumXX, double sumYX)
    {
        Require.Positive(count, nameof(count));
        Require.Finite(sumY, nameof(sumY));
        Require.Finite(sumX, nameof(sumX));
        Require.NotNegative(sumYY, nameof(sumYY));
        Require.NotNegative(sumXX, nameof(sumXX));
        Require.Finite(sumYX, nameof(sumYX));
        RequirePossible(sumYY, sumY * (sumY / count), nameof(sumYY), "sumY^2 / n");
        RequirePossible(sumXX, sumX * (sumX / count), nameof(sumXX), "sumX^2 / n");
        double meanY = sumY / count, meanX = sumX / count;
        return new PairAccumulator(
            count,
            meanY,
            meanX,
            Math.Max(0, Math.FusedMultiplyAdd(-sumY, meanY, sumYY)),
            Math.Max(0, Math.FusedMultiplyAdd(-sumX, meanX, sumXX)),
            Math.FusedMultiplyAdd(-sumX, meanY, sumYX));
    }

    internal void Check(string name)
    {
        Require.NotNegative(Count, name + ".n");
        Require.Finite(MeanY, name + ".meanY");
        Require.Finite(MeanX, name + ".meanX");
        Require.NotNegative(M2Y, name + ".m2Y");
        Require.NotNegative(M2X, name + ".m2X");
        Require.Finite(Codeviation, name + ".cXY");
        if (Codeviation * Codeviation > M2Y * M2X * (1 + Rounding) * (1 + Rounding))
        {
            Require.Throw(name + ".cXY", Codeviation, "must not be larger than the square root of m2Y times m2X");
        }
    }

    private static void RequirePossible(double squares, double least, string name, string bound)
    {
        if (squares < least * (1 - Rounding))
        {
            Require.Throw(name, squares, $"must be at least {bound}, {least:R}, because no values have these sums");
        }
    }
}
