namespace ExperimentFramework.DataPlane.Science;

/// <summary>Always-valid tests that use a normal mixture: the bound on a sum, the mixture sequential probability ratio test, and its form for a t statistic.</summary>
public static class NormalMixture
{
    /// <summary>Computes the tuning parameter that makes the two-sided bound narrowest at an intrinsic time.</summary>
    /// <param name="intrinsicTime">The intrinsic time (variance) to optimise for, above 0.</param>
    /// <param name="alpha">The error rate to optimise for, between 0 and 1, both excluded.</param>
    /// <returns>rho = v / (2 ln(1/alpha) + ln(1 + 2 ln(1/alpha))).</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    /// <remarks>Howard, Ramdas, McAuliffe and Sekhon, "Time-uniform, nonparametric, nonasymptotic confidence sequences" (Annals of Statistics 2021), section 3.5.</remarks>
    public static double Rho(double intrinsicTime, double alpha)
    {
        Require.Positive(intrinsicTime, nameof(intrinsicTime));
        Require.Probability(alpha, nameof(alpha));
        var doubled = -2 * Math.Log(alpha);
        return intrinsicTime / (doubled + LogarithmicFunctions.LogOnePlus(doubled));
    }

    /// <summary>Computes the two-sided normal mixture bound on a sum with variance v, valid at all times simultaneously.</summary>
    /// <param name="intrinsicTime">v, at least 0.</param>
    /// <param name="alpha">The error rate, between 0 and 1, both excluded.</param>
    /// <param name="rho">The tuning parameter, above 0.</param>
    /// <returns>sqrt((v + rho) (ln((v + rho)/rho) - 2 ln alpha)).</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public static double Bound(double intrinsicTime, double alpha, double rho)
    {
        Require.NotNegative(intrinsicTime, nameof(intrinsicTime));
        Require.Probability(alpha, nameof(alpha));
        Require.Positive(rho, nameof(rho));
        return Math.Sqrt((intrinsicTime + rho) * (LogarithmicFunctions.LogOnePlus(intrinsicTime / rho) - (2 * Math.Log(alpha))));
    }

    /// <summary>Computes the logarithm of the mixture likelihood ratio of a difference.</summary>
    /// <param name="difference">The observed difference, finite.</param>
    /// <param name="variance">Its variance V, above 0.</param>
    /// <param name="tauSquared">The variance of the mixing distribution, above 0.</param>
    /// <returns>ln Lambda = (ln(V/(V + tau^2)) + tau^2 d^2 / (V (V + tau^2))) / 2.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    /// <remarks>Johari, Koomen, Pekelis and Walsh, "Always Valid Inference: Continuous Monitoring of A/B Tests" (Operations Research 2022), equation 7.</remarks>
    public static double LogLikelihoodRatio(double difference, double variance, double tauSquared)
    {
        Require.Finite(difference, nameof(difference));
        Require.Positive(variance, nameof(variance));
        Require.Positive(tauSquared, nameof(tauSquared));
        return 0.5 * ((tauSquared / (variance + tauSquared) * (difference * difference / variance)) - LogarithmicFunctions.LogOnePlus(tauSquared / variance));
    }

    /// <summary>Computes half the width of the always-valid interval around a difference.</summary>
    /// <param name="variance">The variance of the difference, above 0.</param>
    /// <param name="tauSquared">The variance of the mixing distribution, above 0.</param>
    /// <param name="alpha">The error rate, between 0 and 1, both excluded.</param>
    /// <returns>sqrt(V (V + tau^2)/tau^2 (-2 ln alpha + ln((V + tau^2)/V))).</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public static double HalfWidth(double variance, double tauSquared, double alpha)
    {
        Require.Positive(variance, nameof(variance));
        Require.Positive(tauSquared, nameof(tauSquared));
        Require.Probability(alpha, nameof(alpha));
        return Math.Sqrt(variance * ((variance + tauSquared) / tauSquared) * (LogarithmicFunctions.LogOnePlus(tauSquared / variance) - (2 * Math.Log(alpha))));
    }

    /// <summary>Computes the logarithm of the anytime-valid e-value of a t statistic.</summary>
    /// <param name="t">The t statistic, finite.</param>
    /// <param name="degreesOfFreedom">nu, above 0.</param>
    /// <param name="size">n, the observations, above 0.</param>
    /// <param name="g">The precision of the mixing distribution, above 0.</param>
    /// <returns>With r = g/(g + n): ln E = (ln r + (nu + 1) (ln(1 + t^2/nu) - ln(1 + r t^2/nu))) / 2.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    /// <remarks>Lindon, Ham, Tingley and Bojinov, "Anytime-Valid Linear Models and Regression Adjusted Causal Inference in Randomized Experiments" (arXiv 2210.08589).</remarks>
    public static double LogStudentEValue(double t, double degreesOfFreedom, double size, double g)
    {
        var r = StudentRatio(degreesOfFreedom, size, g);
        Require.Finite(t, nameof(t));
        var square = t / degreesOfFreedom * t;

        // For infinite t, the ratio of the arguments of the logarithms is 1/r.
        var logRatio = double.IsInfinity(square) ? -Math.Log(r) : LogarithmicFunctions.LogOnePlus(square) - LogarithmicFunctions.LogOnePlus(r * square);
        return 0.5 * (Math.Log(r) + ((degreesOfFreedom + 1) * logRatio));
    }

    /// <summary>Computes the multiplier of the standard error in the anytime-valid t interval.</summary>
    /// <param name="degreesOfFreedom">nu, above 0.</param>
    /// <param name="size">n, above 0.</param>
    /// <param name="g">The precision of the mixing distribution, above 0.</param>
    /// <param name="alpha">The error rate, between 0 and 1, both excluded.</param>
    /// <returns>With k = (r alpha^2)^(1/(nu + 1)): sqrt(nu (1 - k)/(k - r)); infinity if k is not above r, because too few observations do not bound the effect.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public static double StudentMultiplier(double degreesOfFreedom, double size, double g, double alpha)
    {
        var r = StudentRatio(degreesOfFreedom, size, g);
        Require.Probability(alpha, nameof(alpha));
        var logK = (Math.Log(r) + (2 * Math.Log(alpha))) / (degreesOfFreedom + 1);
        var k = Math.Exp(logK);
        return k > r ? Math.Sqrt(degreesOfFreedom * -LogarithmicFunctions.ExpMinusOne(logK) / (k - r)) : double.PositiveInfinity;
    }

    private static double StudentRatio(double degreesOfFreedom, double size, double g)
    {
        Require.Positive(degreesOfFreedom, nameof(degreesOfFreedom));
        Require.Positive(size, nameof(size));
        Require.Positive(g, nameof(g));
        return g / (g + size);
    }
}
