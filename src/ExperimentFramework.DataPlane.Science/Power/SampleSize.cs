namespace ExperimentFramework.DataPlane.Science;

/// <summary>The size of each arm.</summary>
/// <param name="ExactN1">The size of the first arm before rounding.</param>
/// <param name="N1">The size of the first arm, rounded up.</param>
/// <param name="N2">The size of the second arm: the ratio times the exact size of the first arm, rounded up.</param>
public sealed record SampleSize(double ExactN1, double N1, double N2)
{
    /// <summary>The size of both arms together.</summary>
    public double Total => N1 + N2;

    internal static SampleSize Of(double exact, double ratio) => new(exact, RoundUp(exact), RoundUp(exact * ratio));

    /// <summary>Rounds up, except for an excess that is only a rounding error.</summary>
    private static double RoundUp(double value)
    {
        var nearest = Math.Round(value);
        return Math.Abs(value - nearest) <= 1e-10 * value ? nearest : Math.Ceiling(value);
    }
}
