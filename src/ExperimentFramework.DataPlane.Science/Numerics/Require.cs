using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>Argument checks with messages that contain the argument, its value and its range.</summary>
internal static class Require
{
    public static void Positive(double value, string name)
    {
        if (!(value > 0) || double.IsInfinity(value))
        {
            Throw(name, value, "must be above 0 and finite");
        }
    }

    public static void NotNegative(double value, string name)
    {
        if (!(value >= 0) || double.IsInfinity(value))
        {
            Throw(name, value, "must be at least 0 and finite");
        }
    }

    public static void Finite(double value, string name)
    {
        if (!double.IsFinite(value))
        {
            Throw(name, value, "must be finite");
        }
    }

    /// <summary>Requires a value between 0 and 1, both excluded.</summary>
    public static void Probability(double value, string name)
    {
        if (!(value > 0 && value < 1))
        {
            Throw(name, value, "must be between 0 and 1, both excluded");
        }
    }

    public static void Between(double value, double lowest, double highest, string name)
    {
        if (!(value >= lowest && value <= highest))
        {
            Throw(name, value, string.Create(CultureInfo.InvariantCulture, $"must be from {lowest} to {highest}"));
        }
    }

    /// <summary>Requires 1 or 2.</summary>
    public static void Sides(int value, string name) => Between(value, 1, 2, name);

    public static void SameLength(int actual, int expected, string name, string other)
    {
        if (actual != expected)
        {
            throw new ArgumentException($"{name} must have as many values as {other}, {expected}; it has {actual}.", name);
        }
    }

    public static void AtLeast(int count, int fewest, string name)
    {
        if (count < fewest)
        {
            throw new ArgumentException($"{name} must have at least {fewest} values; it has {count}.", name);
        }
    }

    [DoesNotReturn]
    public static void Throw(string name, double value, string range) =>
        throw new ArgumentOutOfRangeException(name, value, string.Create(CultureInfo.InvariantCulture, $"{name} {range}; it is {value}."));
}
