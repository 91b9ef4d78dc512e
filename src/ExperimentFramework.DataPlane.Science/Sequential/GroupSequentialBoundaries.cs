namespace ExperimentFramework.DataPlane.Science;

/// <summary>The boundaries of a group sequential test: the z-value at which it stops at each look.</summary>
/// <remarks>A one-sided test stops only above its upper boundary. A two-sided test stops at both boundaries, which are mirror images, and spends half of alpha on each side.</remarks>
public sealed class GroupSequentialBoundaries
{
    /// <summary>The minimum distance between looks, relative to the later one. Closer looks differ by less than a subject, and their distribution cannot be integrated.</summary>
    private const double SmallestStep = 1e-6;

    /// <summary>A request for more looks is assumed to be a mistake.</summary>
    private const int MaxLooks = 10_000;

    private readonly double[] _information;
    private readonly double[] _upper;

    private GroupSequentialBoundaries(double[] information, double[] upper, int sides)
    {
        _information = information;
        _upper = upper;
        Sides = sides;
    }

    /// <summary>1 or 2.</summary>
    public int Sides { get; }

    /// <summary>The information fraction of each look, ascending.</summary>
    public ReadOnlySpan<double> InformationTimes => _information;

    /// <summary>The upper boundary of each look, as a z-value; infinity if no error rate is spent at the look.</summary>
    public ReadOnlySpan<double> Upper => _upper;

    /// <summary>Creates boundaries that spend alpha according to a spending function.</summary>
    /// <param name="function">The spending function.</param>
    /// <param name="alpha">The error rate of the whole test, between 0 and 1, both excluded; a two-sided test spends half on each side.</param>
    /// <param name="sides">1 or 2.</param>
    /// <param name="informationTimes">The information fraction of each look, ascending, above 0.</param>
    /// <param name="spendingTimes">The times at which alpha is spent, if they differ from the information times: one for each look, not descending, at least 0; empty for the information times.</param>
    /// <returns>The boundaries.</returns>
    /// <exception cref="ArgumentException">An argument is out of range.</exception>
    public static GroupSequentialBoundaries FromSpending(
        SpendingFunction function, double alpha, int sides, ReadOnlySpan<double> informationTimes, ReadOnlySpan<double> spendingTimes = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        Require.Probability(alpha, nameof(alpha));
        Require.Sides(sides, nameof(sides));
        CheckTimes(informationTimes);
        spendingTimes = spendingTimes.IsEmpty ? informationTimes : spendingTimes;
        Require.SameLength(spendingTimes.Length, informationTimes.Length, nameof(spendingTimes), nameof(informationTimes));
        var upper = new double[informationTimes.Length];
        var density = new ContinuationDensity(0, SmallestSpend(function, alpha / sides, spendingTimes));
        var before = 0.0;
        for (var look = 0; look < upper.Length; look++)
        {
            if (look > 0 && spendingTimes[look] < spendingTimes[look - 1])
            {
                Require.Throw(nameof(spendingTimes), spendingTimes[look], "must not be less than the value before");
            }

            var spent = function.Spent(alpha / sides, spendingTimes[look]);
            var information = informationTimes[look];
            var root = Math.Sqrt(information);
            upper[look] = UpperBoundary(density, information, spent - before);
            before = spent;
            if (look < upper.Length - 1)
            {
                var value = upper[look] * root;
                density.Continue(information, sides == 2 ? -value : double.NegativeInfinity, value, informationTimes[look + 1] - information);
            }
        }

        return new GroupSequentialBoundaries(informationTimes.ToArray(), upper, sides);
    }

    /// <summary>Creates boundaries from given values.</summary>
    /// <param name="upper">The upper boundary of each look, as a z-value; none is NaN.</param>
    /// <param name="sides">1 or 2.</param>
    /// <param name="informationTimes">The information fraction of each look, ascending, above 0.</param>
    /// <returns>The boundaries.</returns>
    /// <exception cref="ArgumentException">An argument is out of range.</exception>
    public static GroupSequentialBoundaries FromValues(ReadOnlySpan<double> upper, int sides, ReadOnlySpan<double> informationTimes)
    {
        Require.Sides(sides, nameof(sides));
        CheckTimes(informationTimes);
        Require.SameLength(upper.Length, informationTimes.Length, nameof(upper), nameof(informationTimes));
        foreach (var value in upper)
        {
            if (double.IsNaN(value))
            {
                Require.Throw(nameof(upper), value, "must be a number");
            }
        }

        return new GroupSequentialBoundaries(informationTimes.ToArray(), upper.ToArray(), sides);
    }

    /// <summary>Computes the probability that the test stops at each look.</summary>
    /// <param name="drift">The expected z-value at information fraction 1; 0 under the null hypothesis.</param>
    /// <returns>For each look, the probability that the test first stops there, above the upper and below the lower boundary.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The drift is not finite.</exception>
    public (double[] Upper, double[] Lower) ExitProbabilities(double drift)
    {
        Require.Finite(drift, nameof(drift));
        double[] above = new double[_upper.Length], below = new double[_upper.Length];
        var density = new ContinuationDensity(drift);
        for (var look = 0; look < _upper.Length; look++)
        {
            var information = _information[look];
            var value = _upper[look] * Math.Sqrt(information);
            above[look] = density.CrossingProbability(information, value, 1);
            below[look] = Sides == 2 ? density.CrossingProbability(information, -value, -1) : 0;
            if (look < _upper.Length - 1)
            {
                density.Continue(information, Sides == 2 ? -value : double.NegativeInfinity, value, _information[look + 1] - information);
            }
        }

        return (above, below);
    }

    /// <summary>Computes the probability that the test rejects, at any look and on either side.</summary>
    /// <param name="drift">The expected z-value at information fraction 1; 0 for the type I error.</param>
    /// <returns>The probability.</returns>
    public double RejectionProbability(double drift)
    {
        var (above, below) = ExitProbabilities(drift);
        return above.Sum() + below.Sum();
    }

    /// <summary>Finds the drift at which the test has a power, counting both boundaries.</summary>
    /// <param name="power">The power, above the type I error and below 1.</param>
    /// <returns>The expected z-value at information fraction 1.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The power is out of range.</exception>
    public double DriftFor(double power)
    {
        var typeIError = RejectionProbability(0);
        if (!(power > typeIError && power < 1))
        {
            Require.Throw(nameof(power), power, $"must be above the type I error, {typeIError:R}, and below 1");
        }

        return RootFinding.FindDecreasing(drift => power - RejectionProbability(drift), NormalDistribution.UpperQuantile(1 - power) + 2, 1);
    }

    /// <summary>Computes how much of the planned information the test needs on average.</summary>
    /// <param name="drift">The expected z-value at information fraction 1.</param>
    /// <returns>The expected information fraction at which the test stops, which is at the latest the last look.</returns>
    public double ExpectedInformation(double drift)
    {
        var (above, below) = ExitProbabilities(drift);
        var expected = 0.0;
        var left = 1.0;
        for (var look = 0; look < _information.Length - 1; look++)
        {
            var stopped = above[look] + below[look];
            expected += stopped * _information[look];
            left -= stopped;
        }

        return expected + (left * _information[^1]);
    }

    private static double SmallestSpend(SpendingFunction function, double alpha, ReadOnlySpan<double> spendingTimes)
    {
        double smallest = alpha, before = 0;
        foreach (var time in spendingTimes)
        {
            var spent = double.IsFinite(time) && time >= 0 ? function.Spent(alpha, time) : before;
            smallest = spent > before ? Math.Min(smallest, spent - before) : smallest;
            before = spent;
        }

        return smallest;
    }

    private static double UpperBoundary(ContinuationDensity density, double information, double probability)
    {
        if (!(probability > 0))
        {
            return double.PositiveInfinity;
        }

        var root = Math.Sqrt(information);
        if (density.Information == 0)
        {
            return NormalDistribution.UpperQuantile(probability);
        }

        // Newton's method on the logarithm of the exit probability, which is concave in the boundary. It starts at the boundary of a single look.
        var target = Math.Log(probability);
        var z = NormalDistribution.UpperQuantile(probability);
        double low = double.NegativeInfinity, high = double.PositiveInfinity;
        for (var round = 0; round < 100; round++)
        {
            var crossing = density.CrossingProbability(information, z * root, 1);
            if (!(crossing > 0))
            {
                (high, z) = (z, double.IsNegativeInfinity(low) ? z - 1 : 0.5 * (low + z));
                continue;
            }

            var difference = Math.Log(crossing) - target;
            (low, high) = difference > 0 ? (z, high) : (low, z);
            var step = difference * crossing / (density.DensityAt(information, z * root) * root);
            var next = z + step;
            if (!(next > low && next < high) || !double.IsFinite(next))
            {
                next = double.IsInfinity(low) ? high - 1 : double.IsInfinity(high) ? low + 1 : 0.5 * (low + high);
            }

            if (Math.Abs(next - z) <= 1e-14 * Math.Max(1, Math.Abs(z)))
            {
                return next;
            }

            z = next;
        }

        return z;
    }

    private static void CheckTimes(ReadOnlySpan<double> informationTimes)
    {
        Require.AtLeast(informationTimes.Length, 1, nameof(informationTimes));
        if (informationTimes.Length > MaxLooks)
        {
            throw new ArgumentException($"informationTimes must have at most {MaxLooks} values; it has {informationTimes.Length}.", nameof(informationTimes));
        }

        var before = 0.0;
        foreach (var time in informationTimes)
        {
            Require.Positive(time, nameof(informationTimes));
            if (!(time > before))
            {
                Require.Throw(nameof(informationTimes), time, $"must be in ascending order; the value before is {before:R}");
            }

            if (time - before < SmallestStep * time)
            {
                Require.Throw(nameof(informationTimes), time, $"must be more than the value before, {before:R}, by at least a millionth; combine the two looks");
            }

            before = time;
        }
    }
}
