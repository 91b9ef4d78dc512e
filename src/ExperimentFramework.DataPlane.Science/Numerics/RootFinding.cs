namespace ExperimentFramework.DataPlane.Science;

/// <summary>Roots of functions of one variable.</summary>
public static class RootFinding
{
    private const int MaxRounds = 200;

    /// <summary>Finds a root in an interval at whose ends the function has different signs.</summary>
    /// <param name="function">A continuous function.</param>
    /// <param name="low">One end.</param>
    /// <param name="high">The other end.</param>
    /// <returns>The root, to full accuracy.</returns>
    /// <exception cref="ArgumentException">The values at the ends have the same sign.</exception>
    /// <remarks>Uses the method of Brent, "Algorithms for Minimization without Derivatives" (1973), chapter 4, in the form of bisection, secant and inverse quadratic interpolation.</remarks>
    public static double Find(Func<double, double> function, double low, double high)
    {
        ArgumentNullException.ThrowIfNull(function);
        double a = low, b = high, fa = function(a), fb = function(b);
        if (fa == 0)
        {
            return a;
        }

        if (fb == 0)
        {
            return b;
        }

        if (double.IsNaN(fa) || double.IsNaN(fb) || fa > 0 == fb > 0)
        {
            throw new ArgumentException($"The function must have different signs at the ends of the interval; at {low} it is {fa}, at {high} it is {fb}.", nameof(function));
        }

        double c = a, fc = fa, step = b - a, before = step;
        for (var round = 0; round < MaxRounds; round++)
        {
            if (Math.Abs(fc) < Math.Abs(fb))
            {
                (a, b, c) = (b, c, b);
                (fa, fb, fc) = (fb, fc, fb);
            }

            var tolerance = 2.3e-16 * Math.Abs(b);
            var half = 0.5 * (c - b);
            if (fb == 0 || Math.Abs(half) <= tolerance)
            {
                return b;
            }

            (step, before) = Math.Abs(before) < tolerance || Math.Abs(fa) <= Math.Abs(fb)
                ? (half, half)
                : Interpolate(new((a, fa), (b, fb), (c, fc)), half, tolerance, step, before);
            a = b;
            fa = fb;
            b += Math.Abs(step) > tolerance ? step : Math.CopySign(Math.Max(tolerance, double.Epsilon), half);
            fb = function(b);
            if (fb > 0 == fc > 0)
            {
                c = a;
                fc = fa;
                before = step = b - a;
            }
        }

        return b;
    }

    /// <summary>Finds the root of a decreasing function, by widening an interval around a first guess until it contains the root.</summary>
    /// <param name="function">A continuous, decreasing function.</param>
    /// <param name="guess">The first guess.</param>
    /// <param name="step">The first step; doubled until the root is passed.</param>
    /// <returns>The root.</returns>
    /// <exception cref="ArgumentException">No root was found within 200 doublings.</exception>
    public static double FindDecreasing(Func<double, double> function, double guess, double step)
    {
        ArgumentNullException.ThrowIfNull(function);
        double low = guess, high = guess;
        var isPositive = function(guess) > 0;
        for (var round = 0; round < MaxRounds; round++, step *= 2)
        {
            if (isPositive)
            {
                low = high;
                high += step;
                if (function(high) <= 0)
                {
                    return Find(function, low, high);
                }
            }
            else
            {
                high = low;
                low -= step;
                if (function(low) >= 0)
                {
                    return Find(function, low, high);
                }
            }
        }

        throw new ArgumentException("No root of the function was found within 200 doublings of the step from the guess.", nameof(function));
    }

    private static (double Step, double Before) Interpolate(in Points points, double half, double tolerance, double step, double before)
    {
        var ((a, fa), (b, fb), (c, fc)) = points;
        double p, q;
        var s = fb / fa;
        if (a == c)
        {
            p = 2 * half * s;
            q = 1 - s;
        }
        else
        {
            var t = fa / fc;
            var r = fb / fc;
            p = s * ((2 * half * t * (t - r)) - ((b - a) * (r - 1)));
            q = (t - 1) * (r - 1) * (s - 1);
        }

        (p, q) = p > 0 ? (p, -q) : (-p, q);
        return 2 * p < Math.Min((3 * half * q) - Math.Abs(tolerance * q), Math.Abs(before * q)) ? (p / q, step) : (half, half);
    }

    /// <summary>Three points of the function.</summary>
    private readonly record struct Points((double X, double Y) A, (double X, double Y) B, (double X, double Y) C);
}
