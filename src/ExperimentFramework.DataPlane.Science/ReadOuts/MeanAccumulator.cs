namespace ExperimentFramework.DataPlane.Science;

/// <summary>Count, mean and sum of squared deviations of the values of one arm.</summary>
/// <param name="Count">n, how many values there are.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="M2">The sum of the squares of their deviations from the mean.</param>
/// <remarks>Uses the methods of Welford (1962) for single values, and of Chan, Golub and LeVeque (1979) for merging. Neither subtracts large sums.</remarks>
public readonly record struct MeanAccumulator(double Count, double Mean, double M2)
{
    /// <summary>The sample variance, M2 / (n - 1); NaN for fewer than two values.</summary>
    public double Variance => Count < 2 ? double.NaN : M2 / (Count - 1);

    /// <summary>Adds a value.</summary>
    /// <param name="value">The value, finite.</param>
    /// <returns>The accumulator with the value.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The value is not finite.</exception>
    public MeanAccumulator Add(double value)
    {
        Require.Finite(value, nameof(value));
        var count = Count + 1;
        var deviation = value - Mean;
        var mean = Mean + (deviation / count);
        return new MeanAccumulator(count, mean, M2 + (deviation * (value - mean)));
    }

    /// <summary>Merges the values of another accumulator, for example of another partition.</summary>
    /// <param name="other">The other accumulator, of other values.</param>
    /// <returns>The accumulator of all values. The order of merging affects only rounding.</returns>
    public MeanAccumulator Merge(MeanAccumulator other)
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
        var deviation = other.Mean - Mean;
        return new MeanAccumulator(
            count, Mean + (deviation * (other.Count / count)), M2 + other.M2 + (deviation * deviation * (Count * (other.Count / count))));
    }

    /// <summary>Creates the accumulator of n values, some of which are 1 and all others 0.</summary>
    /// <param name="count">n, at least 0.</param>
    /// <param name="conversions">How many are 1, 0 to n.</param>
    /// <returns>The accumulator.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are more conversions than values, or a number is negative.</exception>
    public static MeanAccumulator OfConversions(double count, double conversions)
    {
        Require.NotNegative(count, nameof(count));
        Require.Between(conversions, 0, count, nameof(conversions));
        return count == 0 ? default : new MeanAccumulator(count, conversions / count, conversions * ((count - conversions) / count));
    }

    internal void Check(string name)
    {
        Require.NotNegative(Count, name + ".n");
        Require.Finite(Mean, name + ".mean");
        Require.NotNegative(M2, name + ".m2");
    }
}
