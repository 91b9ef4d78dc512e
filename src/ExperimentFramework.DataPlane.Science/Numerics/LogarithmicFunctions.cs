namespace ExperimentFramework.DataPlane.Science;

/// <summary>Logarithms and exponentials of arguments near 0 and 1, where the obvious expression loses accuracy.</summary>
public static class LogarithmicFunctions
{
    /// <summary>Computes ln(1 + x).</summary>
    /// <param name="x">The argument, at least -1.</param>
    /// <returns>ln(1 + x) to about 2 units in the last place; minus infinity at -1, NaN below.</returns>
    /// <remarks>Uses Kahan's correction of the rounding of 1 + x: Goldberg, "What Every Computer Scientist Should Know About Floating-Point Arithmetic" (1991), theorem 4.</remarks>
    public static double LogOnePlus(double x)
    {
        var sum = 1 + x;
        if (sum == 1)
        {
            return x;
        }

        return double.IsInfinity(sum) || sum <= 0 ? Math.Log(sum) : Math.Log(sum) * (x / (sum - 1));
    }

    /// <summary>Computes exp(x) - 1.</summary>
    /// <param name="x">The argument.</param>
    /// <returns>exp(x) - 1 to about 2 units in the last place.</returns>
    /// <remarks>Kahan's method: Higham, "Accuracy and Stability of Numerical Algorithms" (2002), section 1.14.1.</remarks>
    public static double ExpMinusOne(double x)
    {
        if (Math.Abs(x) > 40)
        {
            return Math.Exp(x) - 1;
        }

        var power = Math.Exp(x);
        if (power == 1)
        {
            return x;
        }

        return power - 1 == -1 ? -1 : (power - 1) * (x / Math.Log(power));
    }

    /// <summary>Computes ln(1 + x) - x.</summary>
    /// <param name="x">The argument, at least -1.</param>
    /// <returns>ln(1 + x) - x with a relative error of about 1e-15; minus infinity at -1.</returns>
    /// <remarks>
    /// With r = x / (2 + x), ln(1 + x) = 2 artanh r (DLMF 4.6.4), so that the terms of first order cancel algebraically: ln(1 + x) - x = -x r + 2 r (r^2/3 + r^4/5 + ...).
    /// </remarks>
    public static double LogOnePlusMinusArgument(double x)
    {
        if (x is < -0.5 or > 1 || double.IsNaN(x))
        {
            return LogOnePlus(x) - x;
        }

        var r = x / (2 + x);
        return (2 * r * ArtanhRemainder(r * r)) - (x * r);
    }

    /// <summary>Computes phi(d) = (1 + d) ln(1 + d) - d, the deviance of a count that is (1 + d) times its expectation, per expected count.</summary>
    /// <param name="d">The relative deviation, at least -1.</param>
    /// <returns>phi(d), not negative, with a relative error of about 1e-15; 1 at -1.</returns>
    public static double Deviance(double d)
    {
        if (d == -1)
        {
            return 1;
        }

        if (d is < -0.5 or > 1 || double.IsNaN(d))
        {
            return ((1 + d) * LogOnePlus(d)) - d;
        }

        var r = d / (2 + d);
        return (d * r) + ((1 + d) * 2 * r * ArtanhRemainder(r * r));
    }

    /// <summary>Computes ln(1 - exp(x)).</summary>
    /// <param name="x">The argument, at most 0.</param>
    /// <returns>ln(1 - exp(x)); minus infinity at 0, NaN above.</returns>
    /// <remarks>Mächler, "Accurately computing log(1 - exp(-|a|))" (2012).</remarks>
    public static double LogOneMinusExp(double x) =>
        x > -0.6931471805599453 ? Math.Log(-ExpMinusOne(x)) : LogOnePlus(-Math.Exp(x));

    /// <summary>Computes the logarithm of a sum from the logarithms of its terms.</summary>
    /// <param name="logarithms">The natural logarithms of the terms; minus infinity for a term of 0.</param>
    /// <returns>The natural logarithm of the sum; minus infinity for no terms.</returns>
    public static double LogSumExp(ReadOnlySpan<double> logarithms)
    {
        var largest = double.NegativeInfinity;
        foreach (var logarithm in logarithms)
        {
            largest = Math.Max(largest, logarithm);
        }

        if (double.IsInfinity(largest) || double.IsNaN(largest))
        {
            return largest;
        }

        var sum = 0.0;
        foreach (var logarithm in logarithms)
        {
            sum += Math.Exp(logarithm - largest);
        }

        return largest + Math.Log(sum);
    }

    /// <summary>artanh(r)/r - 1 = r^2/3 + r^4/5 + ..., from the square of r, which is at most 1/9.</summary>
    internal static double ArtanhRemainder(double square)
    {
        // Sum as many terms as the square needs, smallest first. The first omitted term is below 2^-54 of the sum.
        var terms = square < 1e-3 ? 5 : square < 0.012 ? 8 : OddReciprocals.Length;
        var sum = 0.0;
        for (var index = terms - 1; index >= 0; index--)
        {
            sum = (sum * square) + OddReciprocals[index];
        }

        return sum * square;
    }

    /// <summary>1/3, 1/5, 1/7, ...</summary>
    private static ReadOnlySpan<double> OddReciprocals =>
    [
        1.0 / 3, 1.0 / 5, 1.0 / 7, 1.0 / 9, 1.0 / 11, 1.0 / 13, 1.0 / 15, 1.0 / 17, 1.0 / 19, 1.0 / 21, 1.0 / 23, 1.0 / 25, 1.0 / 27, 1.0 / 29, 1.0 / 31, 1.0 / 33, 1.0 / 35, 1.0 / 37,
    ];
}
