namespace ExperimentFramework.DataPlane.Science;

/// <summary>What power calculations of two arms have in common.</summary>
internal static class PowerSides
{
    /// <summary>Checks the error rate, the sides and the ratio of the arms.</summary>
    public static void Check(double alpha, int sides, double ratio)
    {
        Require.Probability(alpha, nameof(alpha));
        Require.Sides(sides, nameof(sides));
        Require.Positive(ratio, nameof(ratio));
    }

    /// <summary>Checks that a power can be asked for: a test without any effect already rejects with probability alpha on the sides together.</summary>
    public static void CheckPower(double power, double alpha, int sides)
    {
        Require.Probability(power, nameof(power));
        if (power <= alpha / sides)
        {
            Require.Throw(nameof(power), power, $"must be above alpha divided by the sides, {alpha / sides:R}");
        }
    }

    /// <summary>The critical z-value.</summary>
    public static double Critical(double alpha, int sides) => NormalDistribution.UpperQuantile(alpha / sides);
}

/// <summary>The size of each arm.</summary>
/// <param name="ExactN1">The size of the first arm before rounding.</param>
/// <param name="N1">The size of the first arm, rounded up.</param>
/// <param name="N2">The size of the second arm, the ratio times the exact size of the first one, rounded up.</param>
public sealed record SampleSize(double ExactN1, double N1, double N2)
{
    /// <summary>Both arms together.</summary>
    public double Total => N1 + N2;

    internal static SampleSize Of(double exact, double ratio) => new(exact, RoundUp(exact), RoundUp(exact * ratio));

    /// <summary>Rounds up, but for an excess that is only the rounding of an integer.</summary>
    private static double RoundUp(double value)
    {
        var nearest = Math.Round(value);
        return Math.Abs(value - nearest) <= 1e-10 * value ? nearest : Math.Ceiling(value);
    }
}
