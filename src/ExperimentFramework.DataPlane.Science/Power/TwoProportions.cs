namespace ExperimentFramework.DataPlane.Science;

/// <summary>How the test of two proportions computes their variance.</summary>
public enum ProportionMethod
{
    /// <summary>From the pooled proportion under the null hypothesis, and from each proportion under the alternative.</summary>
    PooledNullVariance,

    /// <summary>Like <see cref="PooledNullVariance"/>, with the continuity correction of Casagrande, Pike and Smith (1978).</summary>
    PooledNullVarianceContinuityCorrected,

    /// <summary>From each proportion, under both hypotheses.</summary>
    UnpooledVariance,

    /// <summary>From the arcsine-transformed proportions: Cohen's effect size h.</summary>
    ArcsineCohenH,
}

/// <summary>Sample size, power and minimum detectable effect of a test of two proportions by normal approximation.</summary>
/// <remarks>Fleiss, Levin and Paik, "Statistical Methods for Rates and Proportions" (2003), chapter 4. Power counts the rejections on the side of the effect, unless stated otherwise.</remarks>
public static class TwoProportions
{
    /// <summary>Computes the sample size for a power.</summary>
    /// <param name="p1">The proportion in the first arm, between 0 and 1, both excluded.</param>
    /// <param name="p2">The proportion in the second arm, between 0 and 1, both excluded, not <paramref name="p1"/>.</param>
    /// <param name="power">The power, above alpha divided by the sides and below 1.</param>
    /// <param name="test">The test.</param>
    /// <param name="method">How the variance is computed.</param>
    /// <returns>The size of each arm.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="test"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public static SampleSize Size(double p1, double p2, double power, TwoArmTest test, ProportionMethod method = ProportionMethod.PooledNullVariance)
    {
        CheckProportions(p1, p2);
        ArgumentNullException.ThrowIfNull(test);
        test.RequirePossible(power);
        if (p1 == p2)
        {
            Require.Throw(nameof(p2), p2, "must differ from p1, because no sample size can detect an effect of 0");
        }

        var (critical, ratio) = (test.Critical, test.Ratio);
        var beta = NormalDistribution.UpperQuantile(1 - power);
        var difference = p1 - p2;
        var exact = method switch
        {
            ProportionMethod.UnpooledVariance => Square((critical + beta) * Unpooled(p1, p2, ratio) / difference),
            ProportionMethod.ArcsineCohenH => Square((critical + beta) / CohenH(p1, p2)) * (1 + (1 / ratio)),
            _ => Square(((critical * Pooled(p1, p2, ratio)) + (beta * Unpooled(p1, p2, ratio))) / difference),
        };
        if (method == ProportionMethod.PooledNullVarianceContinuityCorrected)
        {
            exact *= Square(1 + Math.Sqrt(1 + (2 * (ratio + 1) / (exact * ratio * Math.Abs(difference))))) / 4;
        }

        return SampleSize.Of(exact, ratio);
    }

    /// <summary>Computes the power at a sample size.</summary>
    /// <param name="p1">The proportion in the first arm, between 0 and 1, both excluded.</param>
    /// <param name="p2">The proportion in the second arm, between 0 and 1, both excluded.</param>
    /// <param name="n1">The size of the first arm, above 0.</param>
    /// <param name="test">The test.</param>
    /// <param name="method">How the variance is computed.</param>
    /// <param name="bothTails">Whether rejections of a two-sided test on the wrong side also count.</param>
    /// <returns>The power, from 0 to 1.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="test"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public static double Power(
        double p1, double p2, double n1, TwoArmTest test, ProportionMethod method = ProportionMethod.PooledNullVariance, bool bothTails = false)
    {
        CheckProportions(p1, p2);
        ArgumentNullException.ThrowIfNull(test);
        Require.Positive(n1, nameof(n1));
        var (critical, ratio) = (test.Critical, test.Ratio);
        double z, scale;
        if (method == ProportionMethod.ArcsineCohenH)
        {
            (z, scale) = (Math.Abs(CohenH(p1, p2)) * Math.Sqrt(n1 * ratio / (1 + ratio)), 1);
        }
        else
        {
            var root = Math.Sqrt(n1);
            var correction = method == ProportionMethod.PooledNullVarianceContinuityCorrected ? (1 + ratio) / (2 * ratio * root) : 0;
            var unpooled = Unpooled(p1, p2, ratio);
            z = ((Math.Abs(p1 - p2) * root) - correction) / unpooled;
            scale = method == ProportionMethod.UnpooledVariance ? 1 : Pooled(p1, p2, ratio) / unpooled;
        }

        var power = NormalDistribution.UpperTail((critical * scale) - z);
        return bothTails && test.Sides == 2 ? power + NormalDistribution.UpperTail((critical * scale) + z) : power;
    }

    /// <summary>Computes the smallest increase that is detected with a power.</summary>
    /// <param name="p1">The proportion in the first arm, between 0 and 1, both excluded.</param>
    /// <param name="n1">The size of the first arm, above 0.</param>
    /// <param name="power">The power, above alpha divided by the sides and below 1.</param>
    /// <param name="test">The test.</param>
    /// <param name="method">How the variance is computed.</param>
    /// <returns>p2 - p1 above 0 with that power; null if no proportion up to 1 has it.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="test"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public static double? DetectableIncrease(double p1, double n1, double power, TwoArmTest test, ProportionMethod method = ProportionMethod.PooledNullVariance) =>
        Detectable(p1, 1, n1, power, test, method);

    /// <summary>Computes the smallest decrease that is detected with a power.</summary>
    /// <inheritdoc cref="DetectableIncrease"/>
    /// <returns>p1 - p2 above 0 with that power; null if no proportion down to 0 has it.</returns>
    public static double? DetectableDecrease(double p1, double n1, double power, TwoArmTest test, ProportionMethod method = ProportionMethod.PooledNullVariance) =>
        Detectable(p1, -1, n1, power, test, method);

    private static double? Detectable(double p1, int direction, double n1, double power, TwoArmTest test, ProportionMethod method)
    {
        CheckProportions(p1, p1);
        ArgumentNullException.ThrowIfNull(test);
        test.RequirePossible(power);
        Require.Positive(n1, nameof(n1));
        var room = direction > 0 ? 1 - p1 : p1;
        double Missing(double difference) => power - Power(p1, Math.Clamp(p1 + (direction * difference), 1e-300, 1 - 1.2e-16), n1, test, method);

        // Power rises with the difference, except at the edge, where the variance of one arm is 0.
        var widest = room * (1 - 1e-12);
        return Missing(widest) > 0 ? null : RootFinding.Find(Missing, room * 1e-12, widest);
    }

    private static void CheckProportions(double p1, double p2)
    {
        Require.Probability(p1, nameof(p1));
        Require.Probability(p2, nameof(p2));
    }

    /// <summary>The standard deviation of the difference under the null hypothesis, times sqrt(n1).</summary>
    private static double Pooled(double p1, double p2, double ratio)
    {
        var pooled = (p1 + (ratio * p2)) / (1 + ratio);
        return Math.Sqrt(pooled * (1 - pooled) * (1 + (1 / ratio)));
    }

    /// <summary>The standard deviation of the difference, times sqrt(n1).</summary>
    private static double Unpooled(double p1, double p2, double ratio) => Math.Sqrt((p1 * (1 - p1)) + (p2 * (1 - p2) / ratio));

    private static double CohenH(double p1, double p2) => 2 * (Math.Asin(Math.Sqrt(p1)) - Math.Asin(Math.Sqrt(p2)));

    private static double Square(double value) => value * value;
}
