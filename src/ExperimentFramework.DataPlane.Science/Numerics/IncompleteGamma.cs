namespace ExperimentFramework.DataPlane.Science;

/// <summary>The regularized incomplete gamma functions P and Q, and the chi-square distribution.</summary>
public static class IncompleteGamma
{
    private const double Epsilon = 1e-17;
    private const double Tiny = 1e-300;

    /// <summary>Computes the natural logarithm of the regularized upper incomplete gamma function.</summary>
    /// <param name="a">The shape, at least 0.5 (one degree of freedom).</param>
    /// <param name="x">The argument, at least 0.</param>
    /// <returns>ln Q(a, x), with a relative error of at most 1e-12 for x up to 5e5, without underflow; 0 at x = 0.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    /// <remarks>Uses the series of P below x = a + 1 (DLMF 8.7.1), and Legendre's continued fraction above (DLMF 8.9.2) with Lentz's algorithm.</remarks>
    public static double LogUpper(double a, double x)
    {
        Check(a, x);
        if (x == 0)
        {
            return 0;
        }

        return x < a + 1
            ? LogarithmicFunctions.LogOneMinusExp(Math.Min(0, LogPrefactor(a, x) + Math.Log(LowerSeries(a, x))))
            : LogPrefactor(a, x) + Math.Log(UpperFraction(a, x));
    }

    /// <summary>Computes the natural logarithm of the regularized lower incomplete gamma function.</summary>
    /// <param name="a">The shape, at least 0.5.</param>
    /// <param name="x">The argument, at least 0.</param>
    /// <returns>ln P(a, x); minus infinity at x = 0.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public static double LogLower(double a, double x)
    {
        Check(a, x);
        if (x == 0)
        {
            return double.NegativeInfinity;
        }

        return x < a + 1
            ? LogPrefactor(a, x) + Math.Log(LowerSeries(a, x))
            : LogarithmicFunctions.LogOneMinusExp(Math.Min(0, LogPrefactor(a, x) + Math.Log(UpperFraction(a, x))));
    }

    /// <summary>Computes the natural logarithm of the probability that a chi-square statistic exceeds a value.</summary>
    /// <param name="statistic">The value, at least 0.</param>
    /// <param name="degreesOfFreedom">The degrees of freedom, at least 1.</param>
    /// <returns>ln P(X &gt; <paramref name="statistic"/>), without underflow.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public static double LogChiSquareUpperTail(double statistic, double degreesOfFreedom)
    {
        Require.NotNegative(statistic, nameof(statistic));
        Require.Between(degreesOfFreedom, 1, 1e9, nameof(degreesOfFreedom));
        return LogUpper(degreesOfFreedom / 2, statistic / 2);
    }

    /// <summary>ln(x^a exp(-x) / Gamma(a)), computed from the deviation of x from a, so that large arguments do not cancel.</summary>
    private static double LogPrefactor(double a, double x)
    {
        var deviation = (x - a) / a;
        var deviance = deviation is > -0.5 and < 1 ? LogarithmicFunctions.LogOnePlusMinusArgument(deviation) : Math.Log(x / a) - deviation;
        return (a * deviance) + (0.5 * Math.Log(a)) - GammaFunctions.LogSqrtTwoPi - GammaFunctions.StirlingCorrection(a);
    }

    private static double LowerSeries(double a, double x)
    {
        var term = 1 / a;
        var sum = term;
        for (var divisor = a + 1; term > sum * Epsilon; divisor++)
        {
            term *= x / divisor;
            sum += term;
        }

        return sum;
    }

    private static double UpperFraction(double a, double x)
    {
        var b = x + 1 - a;
        var c = 1 / Tiny;
        var d = 1 / b;
        var fraction = d;
        for (var index = 1; ; index++)
        {
            var numerator = index * (a - index);
            b += 2;
            d = 1 / AvoidZero((numerator * d) + b);
            c = AvoidZero(b + (numerator / c));
            var factor = d * c;
            fraction *= factor;
            if (Math.Abs(factor - 1) <= 1e-16 || index == 10_000_000)
            {
                return fraction;
            }
        }
    }

    private static double AvoidZero(double value) => Math.Abs(value) < Tiny ? Tiny : value;

    private static void Check(double a, double x)
    {
        Require.Between(a, 0.5, 1e9, nameof(a));
        Require.NotNegative(x, nameof(x));
    }
}
