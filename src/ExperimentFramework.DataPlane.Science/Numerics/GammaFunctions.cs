namespace ExperimentFramework.DataPlane.Science;

/// <summary>Logarithms of the gamma and beta functions.</summary>
public static class GammaFunctions
{
    internal const double LogSqrtTwoPi = 0.91893853320467274178;
    private const double OneMinusEuler = 0.42278433509846713939;

    /// <summary>B(2k) / (2k (2k - 1)) for k = 1 to 8: the asymptotic series of <see cref="StirlingCorrection"/> (DLMF 5.11.1).</summary>
    private static ReadOnlySpan<double> Stirling =>
        [1.0 / 12, -1.0 / 360, 1.0 / 1260, -1.0 / 1680, 1.0 / 1188, -691.0 / 360360, 1.0 / 156, -3617.0 / 122400];

    /// <summary>zeta(k) - 1 for k = 2 to 28 (DLMF table 25.2.1 and 25.2.1): the series of ln Gamma around 2.</summary>
    private static ReadOnlySpan<double> ZetaMinusOne =>
    [
        0.64493406684822643647, 0.20205690315959428540, 0.08232323371113819152, 0.03692775514336992633, 0.01734306198444913971,
        0.00834927738192282684, 0.00407735619794433938, 0.00200839282608221442, 0.00099457512781808534, 0.00049418860411946456,
        0.00024608655330804830, 0.00012271334757848915, 0.00006124813505870483, 0.00003058823630702049, 0.00001528225940865187,
        0.00000763719763789976, 0.00000381729326499984, 0.00000190821271655394, 0.00000095396203387280, 0.00000047693298678781,
        0.00000023845050272773, 0.00000011921992596531, 0.00000005960818905126, 0.00000002980350351465, 0.00000001490155482837,
        0.00000000745071178984, 0.00000000372533402479,
    ];

    /// <summary>Computes mu(x) = ln Gamma(x) - (x - 1/2) ln x + x - ln sqrt(2 pi), the error of Stirling's formula.</summary>
    /// <param name="x">The argument, above 0.</param>
    /// <returns>mu(x), with a relative error of about 1e-15.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="x"/> is not above 0.</exception>
    /// <remarks>
    /// Uses the asymptotic series for x of at least 10 (DLMF 5.11.1). Below, mu(x) = mu(x + 1) + (x + 1/2) ln(1 + 1/x) - 1, whose last two terms are artanh(r)/r - 1 with r = 1/(2x + 1).
    /// </remarks>
    public static double StirlingCorrection(double x)
    {
        Require.Positive(x, nameof(x));
        var correction = 0.0;
        for (; x < 10; x++)
        {
            correction += StepOfCorrection(x);
        }

        var inverse = 1 / x;
        var square = inverse * inverse;
        var series = 0.0;
        for (var index = Stirling.Length - 1; index >= 0; index--)
        {
            series = (series * square) + Stirling[index];
        }

        return correction + (series * inverse);
    }

    /// <summary>Computes the natural logarithm of the gamma function.</summary>
    /// <param name="x">The argument, above 0.</param>
    /// <returns>ln Gamma(x), with a relative error of about 3e-15, including near its zeros at 1 and 2.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="x"/> is not above 0.</exception>
    /// <remarks>Uses the zeta series around 1 and 2 (DLMF 5.7.3), and Stirling's formula with its correction elsewhere.</remarks>
    public static double LogGamma(double x)
    {
        Require.Positive(x, nameof(x));
        return x switch
        {
            < 0.5 => LogGammaOfTwoPlus(x) - LogarithmicFunctions.LogOnePlus(x) - Math.Log(x),
            < 1.5 => LogGammaOfTwoPlus(x - 1) - LogarithmicFunctions.LogOnePlus(x - 1),
            <= 2.5 => LogGammaOfTwoPlus(x - 2),
            _ => ((x - 0.5) * Math.Log(x)) - x + LogSqrtTwoPi + StirlingCorrection(x),
        };
    }

    /// <summary>Computes the natural logarithm of the beta function.</summary>
    /// <param name="a">The first argument, above 0.</param>
    /// <param name="b">The second argument, above 0.</param>
    /// <returns>ln B(a, b), with a relative error of about 1e-15 unless it is close to 0. Large arguments do not cancel.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is not above 0.</exception>
    public static double LogBeta(double a, double b)
    {
        Require.Positive(a, nameof(a));
        Require.Positive(b, nameof(b));
        var (small, large) = a < b ? (a, b) : (b, a);
        if (large < 10)
        {
            return LogGamma(small) + LogGamma(large) - LogGamma(small + large);
        }

        if (small >= 10)
        {
            return LogSqrtTwoPi - (0.5 * Math.Log(large)) - ((small - 0.5) * LogarithmicFunctions.LogOnePlus(large / small))
                - (large * LogarithmicFunctions.LogOnePlus(small / large))
                + StirlingCorrection(small) + StirlingCorrection(large) - StirlingCorrection(small + large);
        }

        return LogGamma(small) - LogGammaIncrease(large, small);
    }

    /// <summary>ln Gamma(a + b) - ln Gamma(a), without cancellation for an a of at least 10.</summary>
    internal static double LogGammaIncrease(double a, double b) =>
        ((a + b - 0.5) * LogarithmicFunctions.LogOnePlus(b / a)) + (b * Math.Log(a)) - b + StirlingCorrection(a + b) - StirlingCorrection(a);

    /// <summary>mu(x) - mu(x + 1).</summary>
    private static double StepOfCorrection(double x)
    {
        if (x < 1)
        {
            return ((x + 0.5) * LogarithmicFunctions.LogOnePlus(1 / x)) - 1;
        }

        var r = 1 / ((2 * x) + 1);
        return LogarithmicFunctions.ArtanhRemainder(r * r);
    }

    /// <summary>ln Gamma(2 + z) for a z between -1/2 and 1/2.</summary>
    private static double LogGammaOfTwoPlus(double z)
    {
        var series = 0.0;
        for (var index = ZetaMinusOne.Length - 1; index >= 0; index--)
        {
            series = (ZetaMinusOne[index] / (index + 2)) - (z * series);
        }

        return z * (OneMinusEuler + (z * series));
    }
}
