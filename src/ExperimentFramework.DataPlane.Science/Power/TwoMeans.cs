namespace ExperimentFramework.DataPlane.Science;

/// <summary>Sample size, power and minimum detectable effect of a test of two means.</summary>
/// <remarks>
/// Uses the normal distribution with known standard deviations, or the noncentral t distribution with an equal, estimated standard deviation (Cohen, "Statistical Power Analysis for the Behavioral Sciences" (1988), chapter 2).
/// Power counts the rejections on the side of the effect.
/// </remarks>
public static class TwoMeans
{
    /// <summary>Computes the sample size for a power by the normal distribution.</summary>
    /// <param name="difference">The difference of the means, not 0.</param>
    /// <param name="sd1">The standard deviation in the first arm, above 0.</param>
    /// <param name="sd2">The standard deviation in the second arm, above 0.</param>
    /// <param name="power">The power, above alpha divided by the sides and below 1.</param>
    /// <param name="test">The test.</param>
    /// <returns>The size of each arm.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="test"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public static SampleSize Size(double difference, double sd1, double sd2, double power, TwoArmTest test)
    {
        Check(difference, sd1, sd2, test);
        test.RequirePossible(power);
        NotZero(difference);
        var sum = test.Critical + NormalDistribution.UpperQuantile(1 - power);
        return SampleSize.Of(sum * sum * Variance(sd1, sd2, test.Ratio) / (difference * difference), test.Ratio);
    }

    /// <summary>Computes the power at a sample size by the normal distribution.</summary>
    /// <param name="difference">The difference of the means, finite.</param>
    /// <param name="sd1">The standard deviation in the first arm, above 0.</param>
    /// <param name="sd2">The standard deviation in the second arm, above 0.</param>
    /// <param name="n1">The size of the first arm, above 0.</param>
    /// <param name="test">The test.</param>
    /// <returns>The power, from 0 to 1.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="test"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public static double Power(double difference, double sd1, double sd2, double n1, TwoArmTest test)
    {
        Check(difference, sd1, sd2, test);
        Require.Positive(n1, nameof(n1));
        return NormalDistribution.UpperTail(test.Critical - (Math.Abs(difference) * Math.Sqrt(n1 / Variance(sd1, sd2, test.Ratio))));
    }

    /// <summary>Computes the smallest difference that is detected with a power by the normal distribution.</summary>
    /// <param name="sd1">The standard deviation in the first arm, above 0.</param>
    /// <param name="sd2">The standard deviation in the second arm, above 0.</param>
    /// <param name="n1">The size of the first arm, above 0.</param>
    /// <param name="power">The power, above alpha divided by the sides and below 1.</param>
    /// <param name="test">The test.</param>
    /// <returns>The difference, above 0.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="test"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public static double Detectable(double sd1, double sd2, double n1, double power, TwoArmTest test)
    {
        Check(0, sd1, sd2, test);
        test.RequirePossible(power);
        Require.Positive(n1, nameof(n1));
        return (test.Critical + NormalDistribution.UpperQuantile(1 - power)) * Math.Sqrt(Variance(sd1, sd2, test.Ratio) / n1);
    }

    /// <summary>From this many degrees of freedom on, the t distribution is replaced by the normal one. They agree to eight digits.</summary>
    private const double NormalFrom = 1e8;

    /// <summary>Computes the sample size for a power by the noncentral t distribution.</summary>
    /// <param name="difference">The difference of the means, not 0.</param>
    /// <param name="sd">The standard deviation in both arms, above 0.</param>
    /// <param name="power">The power, above alpha divided by the sides and below 1.</param>
    /// <param name="test">The test.</param>
    /// <returns>The size of each arm; at least 1 degree of freedom is left.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="test"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public static SampleSize StudentSize(double difference, double sd, double power, TwoArmTest test)
    {
        var normal = Size(difference, sd, sd, power, test).ExactN1;
        if (normal * (1 + test.Ratio) >= NormalFrom)
        {
            return SampleSize.Of(normal, test.Ratio);
        }

        var smallest = 3 / (1 + test.Ratio);
        double Missing(double logN1) => power - StudentPower(difference, sd, Math.Max(smallest, Math.Exp(logN1)), test);
        if (Missing(Math.Log(smallest)) <= 0)
        {
            return SampleSize.Of(smallest, test.Ratio);
        }

        return SampleSize.Of(Math.Exp(RootFinding.FindDecreasing(Missing, Math.Log(Math.Max(normal, smallest)), 0.1)), test.Ratio);
    }

    /// <summary>Computes the power at a sample size by the noncentral t distribution.</summary>
    /// <param name="difference">The difference of the means, finite.</param>
    /// <param name="sd">The standard deviation in both arms, above 0.</param>
    /// <param name="n1">The size of the first arm; both arms together have at least 3.</param>
    /// <param name="test">The test.</param>
    /// <returns>The power, from 0 to 1.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="test"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public static double StudentPower(double difference, double sd, double n1, TwoArmTest test)
    {
        Check(difference, sd, sd, test);
        var degreesOfFreedom = DegreesOfFreedom(n1, test.Ratio);
        if (degreesOfFreedom >= NormalFrom)
        {
            return Power(difference, sd, sd, n1, test);
        }

        var noncentrality = Math.Abs(difference) * Math.Sqrt(n1 / Variance(sd, sd, test.Ratio));
        return StudentDistribution.UpperTail(StudentDistribution.UpperQuantile(test.Alpha / test.Sides, degreesOfFreedom), degreesOfFreedom, noncentrality);
    }

    /// <summary>Computes the smallest difference that is detected with a power by the noncentral t distribution.</summary>
    /// <param name="sd">The standard deviation in both arms, above 0.</param>
    /// <param name="n1">The size of the first arm; both arms together have at least 3.</param>
    /// <param name="power">The power, above alpha divided by the sides and below 1.</param>
    /// <param name="test">The test.</param>
    /// <returns>The difference, above 0.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="test"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public static double StudentDetectable(double sd, double n1, double power, TwoArmTest test)
    {
        Check(0, sd, sd, test);
        test.RequirePossible(power);
        var degreesOfFreedom = DegreesOfFreedom(n1, test.Ratio);
        if (degreesOfFreedom >= NormalFrom)
        {
            return Detectable(sd, sd, n1, power, test);
        }

        var critical = StudentDistribution.UpperQuantile(test.Alpha / test.Sides, degreesOfFreedom);
        var noncentrality = RootFinding.FindDecreasing(
            delta => power - StudentDistribution.UpperTail(critical, degreesOfFreedom, delta), critical + NormalDistribution.UpperQuantile(1 - power), 0.25);
        return noncentrality * Math.Sqrt(Variance(sd, sd, test.Ratio) / n1);
    }

    private static double DegreesOfFreedom(double n1, double ratio)
    {
        var degreesOfFreedom = (n1 * (1 + ratio)) - 2;
        if (!(degreesOfFreedom >= 1 - 1e-12) || double.IsInfinity(degreesOfFreedom))
        {
            Require.Throw(nameof(n1), n1, "must leave at least one degree of freedom: n1 + n2 must be at least 3");
        }

        return Math.Max(1, degreesOfFreedom);
    }

    private static void Check(double difference, double sd1, double sd2, TwoArmTest test)
    {
        ArgumentNullException.ThrowIfNull(test);
        Require.Finite(difference, nameof(difference));
        Require.Positive(sd1, nameof(sd1));
        Require.Positive(sd2, nameof(sd2));
    }

    private static void NotZero(double difference)
    {
        if (difference == 0)
        {
            Require.Throw(nameof(difference), difference, "must not be 0, because no sample size can detect an effect of 0");
        }
    }

    /// <summary>The variance of the difference, times n1.</summary>
    private static double Variance(double sd1, double sd2, double ratio) => (sd1 * sd1) + (sd2 * sd2 / ratio);
}
