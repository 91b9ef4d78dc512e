namespace ExperimentFramework.DataPlane.Science;

/// <summary>Group sequential designs whose boundaries are a constant times a fixed shape.</summary>
/// <remarks>Wang and Tsiatis (1987): z at look k of K is C (k/K)^(Delta - 1/2). Pocock (1977) has Delta 1/2, O'Brien and Fleming (1979) Delta 0.</remarks>
public static class ClassicDesign
{
    /// <summary>Delta of Pocock's design: the same boundary at each look.</summary>
    public const double PocockDelta = 0.5;

    /// <summary>Delta of O'Brien and Fleming's design: C sqrt(K/k).</summary>
    public const double OBrienFlemingDelta = 0;

    private const int MaxLooks = 1_000;

    /// <summary>Finds the boundaries of a design with equally spaced looks.</summary>
    /// <param name="looks">K, the number of looks, 1 to 1,000.</param>
    /// <param name="alpha">The error rate of the whole test, between 0 and 1, both excluded.</param>
    /// <param name="sides">1 or 2.</param>
    /// <param name="delta">The shape, -5 to 5.</param>
    /// <returns>The constant, which is the boundary of the last look, and the boundaries.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public static (double Constant, GroupSequentialBoundaries Boundaries) Create(int looks, double alpha, int sides, double delta)
    {
        Require.Between(looks, 1, MaxLooks, nameof(looks));
        var times = new double[looks];
        for (var look = 0; look < looks; look++)
        {
            times[look] = (look + 1) / (double)looks;
        }

        return Create(times, alpha, sides, delta);
    }

    /// <summary>Finds the boundaries of a design with looks at given times: z is C (t/t_K)^(Delta - 1/2).</summary>
    /// <param name="informationTimes">The information fraction of each look, ascending, above 0; 1 to 1,000 of them.</param>
    /// <param name="alpha">The error rate of the whole test, between 0 and 1, both excluded.</param>
    /// <param name="sides">1 or 2.</param>
    /// <param name="delta">The shape, -5 to 5.</param>
    /// <returns>The constant, which is the boundary of the last look, and the boundaries.</returns>
    /// <exception cref="ArgumentException">An argument is out of range.</exception>
    public static (double Constant, GroupSequentialBoundaries Boundaries) Create(ReadOnlySpan<double> informationTimes, double alpha, int sides, double delta)
    {
        Require.Between(informationTimes.Length, 1, MaxLooks, "looks");
        Require.Probability(alpha, nameof(alpha));
        Require.Sides(sides, nameof(sides));
        Require.Between(delta, -5, 5, nameof(delta));
        var times = informationTimes.ToArray();

        // The logarithm of the error rate is nearly quadratic in the constant. The first guess is the constant for a single look; more looks need a larger one.
        var constant = RootFinding.FindDecreasing(
            z => Math.Log(BoundariesOf(z, times, sides, delta).RejectionProbability(0) / alpha), NormalDistribution.UpperQuantile(alpha / sides), 0.25);
        return (constant, BoundariesOf(constant, times, sides, delta));
    }

    private static GroupSequentialBoundaries BoundariesOf(double constant, double[] times, int sides, double delta) =>
        GroupSequentialBoundaries.FromValues(Array.ConvertAll(times, time => constant * Math.Pow(time / times[^1], delta - 0.5)), sides, times);
}
