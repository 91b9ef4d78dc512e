using System.Globalization;
using System.Numerics;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>The planned split of an experiment: the weight of each variant, kept exactly.</summary>
/// <remarks>
/// Shares are ratios of integers, so that the difference between a count of 10^12 and its expectation keeps all its digits.
/// </remarks>
public sealed class Allocation
{
    private readonly BigInteger[] _weights;
    private readonly double[] _shares;

    private Allocation(BigInteger[] weights)
    {
        Total = BigInteger.Zero;
        foreach (var weight in weights)
        {
            Total += weight;
        }

        if (Total.IsZero)
        {
            throw new ArgumentException("weights must have a sum above 0; all of them are 0.", nameof(weights));
        }

        _weights = weights;
        _shares = Array.ConvertAll(weights, weight => ExactRatio.ToDouble(weight, Total));
    }

    /// <summary>The number of variants.</summary>
    public int Count => _weights.Length;

    /// <summary>Each variant's share, from 0 to 1; their sum is 1.</summary>
    public ReadOnlySpan<double> Shares => _shares;

    /// <summary>The sum of the integer weights.</summary>
    internal BigInteger Total { get; }

    /// <summary>The number of variants with a weight above 0.</summary>
    internal int PositiveCount => _weights.Count(weight => !weight.IsZero);

    /// <summary>Creates an allocation from weights, using the exact binary value of each.</summary>
    /// <param name="weights">The weights, at least one: finite, not negative, with a sum above 0. They need not be normalised.</param>
    /// <returns>The allocation.</returns>
    /// <exception cref="ArgumentException">A weight is negative or not finite, or all weights are 0.</exception>
    public static Allocation FromWeights(params ReadOnlySpan<double> weights)
    {
        Require.AtLeast(weights.Length, 1, nameof(weights));
        var parts = new (BigInteger Numerator, BigInteger Denominator)[weights.Length];
        for (var index = 0; index < weights.Length; index++)
        {
            Require.NotNegative(weights[index], nameof(weights));
            parts[index] = ExactRatio.FromDouble(weights[index]);
        }

        return FromParts(parts);
    }

    /// <summary>Creates an allocation from decimal weights.</summary>
    /// <param name="weights">The weights, at least one: not negative, with a sum above 0. They need not be normalised.</param>
    /// <returns>The allocation.</returns>
    /// <exception cref="ArgumentException">A weight is negative, or all weights are 0.</exception>
    public static Allocation FromWeights(params ReadOnlySpan<decimal> weights)
    {
        Require.AtLeast(weights.Length, 1, nameof(weights));
        var parts = new (BigInteger Numerator, BigInteger Denominator)[weights.Length];
        for (var index = 0; index < weights.Length; index++)
        {
            Require.NotNegative((double)weights[index], nameof(weights));
            parts[index] = ExactRatio.FromDecimal(weights[index]);
        }

        return FromParts(parts);
    }

    /// <summary>Creates an allocation from weights in text.</summary>
    /// <param name="weights">The weights, at least one, each a decimal ("0.25", "1e-3") or a fraction of decimals ("1/3").</param>
    /// <returns>The allocation.</returns>
    /// <exception cref="ArgumentException">A weight is not a number or is negative, or all weights are 0.</exception>
    public static Allocation Parse(params ReadOnlySpan<string> weights)
    {
        Require.AtLeast(weights.Length, 1, nameof(weights));
        var parts = new (BigInteger Numerator, BigInteger Denominator)[weights.Length];
        for (var index = 0; index < weights.Length; index++)
        {
            if (!ExactRatio.TryParse(weights[index], out parts[index]))
            {
                throw new ArgumentException($"weights must be decimals or fractions of decimals, such as 0.25 or 1/3; one is '{weights[index]}'.", nameof(weights));
            }

            if (parts[index].Numerator.Sign < 0)
            {
                throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"weights must be at least 0; one is {weights[index]}."), nameof(weights));
            }
        }

        return FromParts(parts);
    }

    /// <summary>The weight of a variant, an integer.</summary>
    internal BigInteger WeightOf(int index) => _weights[index];

    /// <summary>The allocation among the variants with a weight above 0; this instance if all have one.</summary>
    internal Allocation WithoutZeros() => PositiveCount == Count ? this : new([.. _weights.Where(weight => !weight.IsZero)]);

    /// <summary>Returns the values of the variants with a weight above 0.</summary>
    internal T[] Declared<T>(ReadOnlySpan<T> values)
    {
        var declared = new List<T>(values.Length);
        for (var index = 0; index < values.Length; index++)
        {
            if (!_weights[index].IsZero)
            {
                declared.Add(values[index]);
            }
        }

        return [.. declared];
    }

    private static Allocation FromParts(ReadOnlySpan<(BigInteger Numerator, BigInteger Denominator)> parts)
    {
        var common = BigInteger.One;
        foreach (var (_, denominator) in parts)
        {
            common *= denominator / BigInteger.GreatestCommonDivisor(common, denominator);
        }

        var weights = new BigInteger[parts.Length];
        for (var index = 0; index < parts.Length; index++)
        {
            weights[index] = parts[index].Numerator * (common / parts[index].Denominator);
        }

        return new Allocation(weights);
    }
}
