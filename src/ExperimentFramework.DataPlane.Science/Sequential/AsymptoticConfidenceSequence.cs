namespace ExperimentFramework.DataPlane.Science;

/// <summary>The interval of an estimate, which is valid at any time.</summary>
/// <param name="RhoSquared">The square of the tuning parameter rho.</param>
/// <param name="InformationRatio">g = N rho^2.</param>
/// <param name="HalfWidth">Half the width of the interval.</param>
/// <param name="Lower">Its lower end.</param>
/// <param name="Upper">Its upper end.</param>
/// <param name="LogEValue">ln E against the hypothesis of no effect.</param>
public sealed record ConfidenceSequenceResult(double RhoSquared, double InformationRatio, double HalfWidth, double Lower, double Upper, double LogEValue)
{
    /// <summary>ln p of this look alone, at most 0. The p-value of all looks is the smallest of their p-values.</summary>
    public double LogPValue => Math.Min(0, -LogEValue);
}

/// <summary>The asymptotic confidence sequence: an interval around an estimate that is valid at all times simultaneously.</summary>
/// <remarks>
/// Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, "Time-uniform central limit theory and asymptotic confidence sequences" (Annals of Statistics 2024): equation 9, tuned by equation 161, and
/// equation 134 for one side, as numbered in arXiv 2103.06476v7. It equals the generalised always-valid inference of Howard et al. with nu = 1/rho^2, and the normal mSPRT.
/// </remarks>
public static class AsymptoticConfidenceSequence
{
    /// <summary>Computes the square of the tuning parameter that makes the interval narrowest at a sample size.</summary>
    /// <param name="alpha">The error rate, between 0 and 1, both excluded.</param>
    /// <param name="tuningSize">N*, the total sample at which the interval is narrowest, above 0.</param>
    /// <returns>rho^2 = (-2 ln alpha + ln(1 - 2 ln alpha)) / N*.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public static double RhoSquared(double alpha, double tuningSize)
    {
        Require.Probability(alpha, nameof(alpha));
        Require.Positive(tuningSize, nameof(tuningSize));
        var doubled = -2 * Math.Log(alpha);
        return (doubled + LogarithmicFunctions.LogOnePlus(doubled)) / tuningSize;
    }

    /// <summary>Computes the multiplier of the standard error.</summary>
    /// <param name="informationRatio">g = N rho^2, above 0.</param>
    /// <param name="alpha">The error rate, between 0 and 1, both excluded.</param>
    /// <returns>sqrt((1 + 1/g) (ln(1 + g) - 2 ln alpha)).</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public static double Multiplier(double informationRatio, double alpha)
    {
        Require.Positive(informationRatio, nameof(informationRatio));
        Require.Probability(alpha, nameof(alpha));
        return Math.Sqrt((1 + (1 / informationRatio)) * (LogarithmicFunctions.LogOnePlus(informationRatio) - (2 * Math.Log(alpha))));
    }

    /// <summary>Computes the two-sided interval and e-value.</summary>
    /// <param name="estimate">The estimated effect, finite.</param>
    /// <param name="standardError">Its standard error, above 0.</param>
    /// <param name="size">N, the subjects of all arms together, above 0.</param>
    /// <param name="alpha">The error rate, between 0 and 1, both excluded.</param>
    /// <param name="tuningSize">N*, above 0; fixed before the first subject.</param>
    /// <returns>The interval, and ln E = (g/(1+g) z^2 - ln(1+g)) / 2.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public static ConfidenceSequenceResult Evaluate(double estimate, double standardError, double size, double alpha, double tuningSize)
    {
        Require.Finite(estimate, nameof(estimate));
        Require.Positive(standardError, nameof(standardError));
        Require.Positive(size, nameof(size));
        var rhoSquared = RhoSquared(alpha, tuningSize);
        var g = size * rhoSquared;
        var z = estimate / standardError;
        var half = standardError * Multiplier(g, alpha);
        return new ConfidenceSequenceResult(
            rhoSquared, g, half, estimate - half, estimate + half, 0.5 * ((g / (1 + g) * z * z) - LogarithmicFunctions.LogOnePlus(g)));
    }

    /// <summary>Computes the half width of the one-sided interval.</summary>
    /// <param name="standardError">The standard error, above 0.</param>
    /// <param name="size">N, the subjects of all arms together, above 0.</param>
    /// <param name="alpha">The error rate, between 0 and 1/2, both excluded.</param>
    /// <param name="tuningSize">N*, above 0.</param>
    /// <returns>rho, tuned for 2 alpha, and the distance of the bound from the estimate, standard error times sqrt(2 (1 + 1/g) ln(1 + sqrt(1 + g)/(2 alpha))).</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public static (double Rho, double HalfWidth) OneSided(double standardError, double size, double alpha, double tuningSize)
    {
        Require.Positive(standardError, nameof(standardError));
        Require.Positive(size, nameof(size));
        if (!(alpha > 0 && alpha < 0.5))
        {
            Require.Throw(nameof(alpha), alpha, "must be between 0 and 0.5, both excluded");
        }

        var rhoSquared = RhoSquared(2 * alpha, tuningSize);
        var g = size * rhoSquared;
        return (Math.Sqrt(rhoSquared), standardError * Math.Sqrt(2 * (1 + (1 / g)) * LogarithmicFunctions.LogOnePlus(Math.Sqrt(1 + g) / (2 * alpha))));
    }
}
