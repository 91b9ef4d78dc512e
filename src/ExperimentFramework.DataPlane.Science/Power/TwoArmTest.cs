namespace ExperimentFramework.DataPlane.Science;

/// <summary>A planned test of two arms: the settings that power calculations of means and of proportions have in common.</summary>
public sealed class TwoArmTest
{
    /// <summary>Initializes a test.</summary>
    /// <param name="alpha">The error rate, between 0 and 1, both excluded.</param>
    /// <param name="sides">1 or 2.</param>
    /// <param name="ratio">The size of the second arm divided by that of the first, above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public TwoArmTest(double alpha, int sides = 2, double ratio = 1)
    {
        Require.Probability(alpha, nameof(alpha));
        Require.Sides(sides, nameof(sides));
        Require.Positive(ratio, nameof(ratio));
        Alpha = alpha;
        Sides = sides;
        Ratio = ratio;
    }

    /// <summary>Gets the error rate.</summary>
    public double Alpha { get; }

    /// <summary>Gets the number of sides: 1 or 2.</summary>
    public int Sides { get; }

    /// <summary>Gets the size of the second arm divided by that of the first.</summary>
    public double Ratio { get; }

    /// <summary>The critical z-value.</summary>
    internal double Critical => NormalDistribution.UpperQuantile(Alpha / Sides);

    /// <summary>Checks that a power is possible: even without an effect, a test rejects with probability alpha over both sides.</summary>
    internal void RequirePossible(double power)
    {
        Require.Probability(power, nameof(power));
        if (power <= Alpha / Sides)
        {
            Require.Throw(nameof(power), power, $"must be above alpha divided by the sides, {Alpha / Sides:R}");
        }
    }
}
