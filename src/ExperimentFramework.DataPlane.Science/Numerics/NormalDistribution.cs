namespace ExperimentFramework.DataPlane.Science;

/// <summary>The standard normal distribution.</summary>
public static class NormalDistribution
{
    /// <summary>The end of the table of Mills ratios. Above, the continued fraction is short.</summary>
    private const double TableEnd = 10;
    private const int StepsPerUnit = 8;
    private const int TaylorOrder = 12;
    private static readonly double[] MillsTable = CreateMillsTable();

    /// <summary>Computes the natural logarithm of the density.</summary>
    /// <param name="z">The argument.</param>
    /// <returns>ln phi(z).</returns>
    public static double LogDensity(double z) => (-0.5 * z * z) - GammaFunctions.LogSqrtTwoPi;

    /// <summary>Computes the probability of a value above z.</summary>
    /// <param name="z">The argument.</param>
    /// <returns>P(Z &gt; z), with a relative error of about 1e-15 (which grows with z^2, as for any exponential); 0 above about 38.5.</returns>
    public static double UpperTail(double z) =>
        z < 0 ? 1 - UpperTail(-z) : Math.Exp(LogDensity(z)) * MillsRatio(z);

    /// <summary>Computes the probability of a value of at most z.</summary>
    /// <param name="z">The argument.</param>
    /// <returns>P(Z &lt;= z).</returns>
    public static double Cumulative(double z) => UpperTail(-z);

    /// <summary>Computes the natural logarithm of the probability of a value above z.</summary>
    /// <param name="z">The argument.</param>
    /// <returns>ln P(Z &gt; z), with a relative error of about 1e-15 on both sides and no underflow.</returns>
    public static double LogUpperTail(double z)
    {
        if (double.IsNaN(z))
        {
            return double.NaN;
        }

        if (z < 0)
        {
            return LogarithmicFunctions.LogOnePlus(-UpperTail(-z));
        }

        return double.IsPositiveInfinity(z) ? double.NegativeInfinity : LogDensity(z) + Math.Log(MillsRatio(z));
    }

    /// <summary>Computes the value that is exceeded with a given probability.</summary>
    /// <param name="probability">The probability, between 0 and 1, both excluded.</param>
    /// <returns>z with P(Z &gt; z) = <paramref name="probability"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The probability is out of range.</exception>
    public static double UpperQuantile(double probability)
    {
        Require.Probability(probability, nameof(probability));
        return probability > 0.5 ? -UpperQuantileFromLog(LogarithmicFunctions.LogOnePlus(-probability)) : UpperQuantileFromLog(Math.Log(probability));
    }

    /// <summary>Computes the value that is exceeded with a probability given by its logarithm.</summary>
    /// <param name="logProbability">The natural logarithm of the probability, below 0.</param>
    /// <returns>z with ln P(Z &gt; z) = <paramref name="logProbability"/>, with a relative error of about 1e-15.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The logarithm is not below 0 and finite.</exception>
    /// <remarks>Uses Halley's method on the logarithm, starting at the rational approximation 26.2.23 of Abramowitz and Stegun.</remarks>
    public static double UpperQuantileFromLog(double logProbability)
    {
        if (!(logProbability < 0) || double.IsInfinity(logProbability))
        {
            Require.Throw(nameof(logProbability), logProbability, "must be below 0 and finite");
        }

        if (logProbability > -0.6931471805599453)
        {
            return -UpperQuantileFromLog(LogarithmicFunctions.LogOneMinusExp(logProbability));
        }

        var t = Math.Sqrt(-2 * logProbability);
        var z = t - ((2.515517 + (t * (0.802853 + (t * 0.010328)))) / (1 + (t * (1.432788 + (t * (0.189269 + (t * 0.001308)))))));
        z = Math.Max(z, 0);
        for (var round = 0; round < 8; round++)
        {
            var hazard = 1 / MillsRatio(z);
            var newton = (LogUpperTail(z) - logProbability) / hazard;
            var step = newton / (1 + (0.5 * newton * (hazard - z)));
            z += step;
            if (Math.Abs(step) <= 1e-15 * Math.Max(z, 1e-3))
            {
                break;
            }
        }

        return z;
    }

    /// <summary>P(Z &gt; z) / phi(z) for a z of at least 0.</summary>
    internal static double MillsRatio(double z)
    {
        if (!(z < TableEnd))
        {
            return MillsRatioByFraction(z);
        }

        // The ratio R solves R' = z R - 1, so its higher derivatives follow from R(n+1) = z R(n) + n R(n-1), and Taylor's series is evaluated
        // from the next tabulated point, at most 1/16 away.
        var index = (int)((z * StepsPerUnit) + 0.5);
        var point = index / (double)StepsPerUnit;
        var h = z - point;
        var before = MillsTable[index];
        var current = (point * before) - 1;
        var sum = before + (current * h);
        var power = h;
        for (var order = 1; order < TaylorOrder; order++)
        {
            var next = (point * current) + (order * before);
            before = current;
            current = next;
            power *= h / (order + 1);
            sum += current * power;
        }

        return sum;
    }

    /// <summary>Laplace's continued fraction 1/(z + 1/(z + 2/(z + 3/...))) (DLMF 7.9.1), evaluated backwards.</summary>
    private static double MillsRatioByFraction(double z)
    {
        var tail = z;
        for (var term = 30; term > 0; term--)
        {
            tail = z + (term / tail);
        }

        return 1 / tail;
    }

    private static double[] CreateMillsTable()
    {
        var table = new double[(int)(TableEnd * StepsPerUnit) + 1];
        for (var index = 0; index < table.Length; index++)
        {
            table[index] = MillsRatioForTable(index / (double)StepsPerUnit);
        }

        return table;
    }

    private static double MillsRatioForTable(double z)
    {
        if (z <= 3)
        {
            // P(Z > z) = 1/2 - phi(z) (z + z^3/3 + z^5/(3*5) + ...) (DLMF 7.6.2), in decimal arithmetic, because the difference cancels.
            return (double)MillsRatioBySeries((decimal)z);
        }

        // The fraction converges as exp(-2 z sqrt(2 n)): 600 terms give full accuracy from z = 3 on.
        var tail = z;
        for (var term = 600; term > 0; term--)
        {
            tail = z + (term / tail);
        }

        return 1 / tail;
    }

    private static decimal MillsRatioBySeries(decimal z)
    {
        var term = z;
        var sum = z;
        for (var odd = 3; term > 1e-27m; odd += 2)
        {
            term *= z * z / odd;
            sum += term;
        }

        // sqrt(pi / 2) exp(z^2 / 2) is half of 1 / phi(z).
        return (1.2533141373155002512078826424m * Exponential(z * z / 2)) - sum;
    }

    private static decimal Exponential(decimal x)
    {
        var term = 1m;
        var sum = 1m;
        for (var divisor = 1; term > 1e-27m; divisor++)
        {
            term *= x / divisor;
            sum += term;
        }

        return sum;
    }
}
