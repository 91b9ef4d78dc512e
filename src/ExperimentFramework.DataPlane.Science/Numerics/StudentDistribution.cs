namespace ExperimentFramework.DataPlane.Science;

/// <summary>Student's t distribution, central and noncentral.</summary>
/// <remarks>
/// T = (Z + delta) / S, where S is a chi variable divided by the square root of its degrees of freedom, so P(T &gt; t) is the mean of the normal tail P(Z &gt; t S - delta).
/// The integrand is unimodal and smooth in ln S. It is integrated around its peak, relative to the peak, with Gauss-Legendre panels.
/// The relative error of the logarithm is below 1e-12 for 1 to 1e8 degrees of freedom.
/// </remarks>
public static class StudentDistribution
{
    /// <summary>Parts of the integrand below exp(-Range) of its peak are left out.</summary>
    private const double Range = 44;
    private const int PanelsPerSide = 16;
    private const double WidestPanel = 0.75;

    /// <summary>Computes the natural logarithm of the probability of a value above t.</summary>
    /// <param name="t">The argument, finite.</param>
    /// <param name="degreesOfFreedom">The degrees of freedom, 1 to 1e9.</param>
    /// <param name="noncentrality">The noncentrality delta, finite; 0 for the central distribution.</param>
    /// <returns>ln P(T &gt; t), without underflow.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public static double LogUpperTail(double t, double degreesOfFreedom, double noncentrality = 0)
    {
        Require.Finite(t, nameof(t));
        Require.Between(degreesOfFreedom, 1, 1e9, nameof(degreesOfFreedom));
        Require.Finite(noncentrality, nameof(noncentrality));

        // If the upper tail is the larger one, compute it from the lower one: the logarithm of an integral close to 1 is not accurate.
        return t < noncentrality
            ? LogarithmicFunctions.LogOneMinusExp(Math.Min(0, LogIntegral(-t, degreesOfFreedom, -noncentrality)))
            : LogIntegral(t, degreesOfFreedom, noncentrality);
    }

    /// <summary>Computes the probability of a value above t.</summary>
    /// <param name="t">The argument, finite.</param>
    /// <param name="degreesOfFreedom">The degrees of freedom, 1 to 1e9.</param>
    /// <param name="noncentrality">The noncentrality delta, finite; 0 for the central distribution.</param>
    /// <returns>P(T &gt; t).</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public static double UpperTail(double t, double degreesOfFreedom, double noncentrality = 0) =>
        Math.Exp(LogUpperTail(t, degreesOfFreedom, noncentrality));

    /// <summary>Computes the value that the central distribution exceeds with a given probability.</summary>
    /// <param name="probability">The probability, between 0 and 1, both excluded.</param>
    /// <param name="degreesOfFreedom">The degrees of freedom, 1 to 1e9.</param>
    /// <returns>t with P(T &gt; t) = <paramref name="probability"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public static double UpperQuantile(double probability, double degreesOfFreedom)
    {
        Require.Probability(probability, nameof(probability));
        Require.Between(degreesOfFreedom, 1, 1e9, nameof(degreesOfFreedom));
        if (probability == 0.5)
        {
            return 0;
        }

        if (probability > 0.5)
        {
            return -UpperQuantile(1 - probability, degreesOfFreedom);
        }

        // As a function of asinh(t), the logarithm of the tail is smooth, and heavy tails are not farther away than light ones.
        var target = Math.Log(probability);
        var start = Math.Asinh(NormalDistribution.UpperQuantile(probability));
        return Math.Sinh(RootFinding.FindDecreasing(u => LogUpperTail(Math.Sinh(u), degreesOfFreedom) - target, start, 0.5));
    }

    private static double LogIntegral(double t, double degreesOfFreedom, double noncentrality)
    {
        var a = degreesOfFreedom / 2;
        var logConstant = 0.6931471805599453 + (0.5 * Math.Log(a)) - GammaFunctions.LogSqrtTwoPi - GammaFunctions.StirlingCorrection(a);
        double LogIntegrand(double logS) =>
            NormalDistribution.LogUpperTail((t * Math.Exp(logS)) - noncentrality) + logConstant
            + (a * ArgumentMinusExpMinusOne(2 * logS));

        var peak = Math.Log(Peak(t, degreesOfFreedom, noncentrality));
        var highest = LogIntegrand(peak);
        var width = 1 / Math.Sqrt(2 * degreesOfFreedom);
        var from = Edge(LogIntegrand, peak, highest - Range, -width);
        var to = Edge(LogIntegrand, peak, highest - Range, width);
        return highest + Math.Log(Integrate(LogIntegrand, highest, from, peak) + Integrate(LogIntegrand, highest, peak, to));
    }

    private static double Integrate(Func<double, double> logIntegrand, double highest, double from, double to)
    {
        var rule = GaussLegendre.Sixteen;
        var panels = Math.Max(PanelsPerSide, (int)Math.Ceiling((to - from) / WidestPanel));
        var half = (to - from) / (2 * panels);
        var sum = 0.0;
        for (var panel = 0; panel < panels; panel++)
        {
            var middle = from + (half * ((2 * panel) + 1));
            for (var node = 0; node < rule.Nodes.Length; node++)
            {
                sum += rule.Weights[node] * Math.Exp(logIntegrand(middle + (half * rule.Nodes[node])) - highest);
            }
        }

        return sum * half;
    }

    /// <summary>x - (exp(x) - 1), which is ln(1 + y) - y of y = exp(x) - 1.</summary>
    private static double ArgumentMinusExpMinusOne(double x)
    {
        var power = LogarithmicFunctions.ExpMinusOne(x);
        return Math.Abs(x) < 0.5 ? LogarithmicFunctions.LogOnePlusMinusArgument(power) : x - power;
    }

    /// <summary>Finds the peak of the integrand: the derivative of its logarithm falls from plus to minus infinity.</summary>
    private static double Peak(double t, double degreesOfFreedom, double noncentrality)
    {
        double Slope(double s)
        {
            var z = (t * s) - noncentrality;
            var hazard = Math.Exp(NormalDistribution.LogDensity(z) - NormalDistribution.LogUpperTail(z));
            return (degreesOfFreedom / s) - (degreesOfFreedom * s) - (t * hazard);
        }

        double low = 0, high = 1;
        while (Slope(high) > 0)
        {
            low = high;
            high *= 2;
        }

        // The peak need not be exact, because it only determines where to integrate.
        for (var round = 0; round < 200 && high - low > 1e-9 * high; round++)
        {
            var middle = 0.5 * (low + high);
            (low, high) = Slope(middle) > 0 ? (middle, high) : (low, middle);
        }

        return high;
    }

    /// <summary>Returns a distance from the peak at which the integrand has fallen to at most a level.</summary>
    private static double Edge(Func<double, double> logIntegrand, double peak, double level, double step)
    {
        var inside = peak;
        var outside = peak + step;
        while (logIntegrand(outside) > level)
        {
            inside = outside;
            step *= 2;
            outside = peak + step;
        }

        for (var round = 0; round < 6; round++)
        {
            var middle = 0.5 * (inside + outside);
            (inside, outside) = logIntegrand(middle) > level ? (middle, outside) : (inside, middle);
        }

        return outside;
    }
}
