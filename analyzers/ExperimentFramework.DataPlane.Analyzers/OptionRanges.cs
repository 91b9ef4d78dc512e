using System.Globalization;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>The ranges of <c>DataPlaneOptions</c>, as the run time checks them at start-up.</summary>
internal static class OptionRanges
{
    private static readonly Dictionary<string, Func<IOperation, (string Value, string Range)?>> Faults = new(StringComparer.Ordinal)
    {
        ["SamplingRate"] = value => Outside<double>(value, rate => rate is >= 0 and <= 1, "from 0 to 1"),
        ["RepeatCapacity"] = value => Outside<int>(value, capacity => capacity is >= 1 and <= 100_000_000, "from 1 to 100000000"),
        ["RepeatWindow"] = value => Outside(
            ConstantTime.Of(value), window => window > TimeSpan.Zero && window <= TimeSpan.FromDays(365), "more than 0 and at most 365 days"),
    };

    /// <summary>The value that an option is set to and the range that it is outside of; null where it is inside, or cannot be known.</summary>
    public static (string Value, string Range)? Fault(string option, IOperation value) =>
        Faults.TryGetValue(option, out var fault) ? fault(value) : null;

    private static (string Value, string Range)? Outside<T>(IOperation value, Func<T, bool> isInside, string range)
        where T : struct, IFormattable =>
        value.ConstantValue is { HasValue: true, Value: T said } ? Outside(said, isInside, range) : null;

    private static (string Value, string Range)? Outside<T>(T? said, Func<T, bool> isInside, string range)
        where T : struct, IFormattable =>
        said is { } value && !isInside(value) ? (value.ToString(null, CultureInfo.InvariantCulture), range) : null;
}
