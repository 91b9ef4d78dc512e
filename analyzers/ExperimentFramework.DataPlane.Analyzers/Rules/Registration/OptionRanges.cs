using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>The ranges of <c>DataPlaneOptions</c>, its <c>RetryOptions</c> and <c>ExperimentOptions</c>, as the run time checks them at start-up.</summary>
internal static class OptionRanges
{
    private const int MaxQueueSize = 10_000_000;
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    private static readonly Dictionary<string, Func<IOperation, (string Value, string Range)?>> Faults = new(StringComparer.Ordinal)
    {
        ["SamplingRate"] = value => Outside<double>(value, rate => rate is >= 0 and <= 1, "from 0 to 1"),
        ["RepeatCapacity"] = value => Outside<int>(value, capacity => capacity is >= 1 and <= 100_000_000, "from 1 to 100000000"),
        ["RepeatWindow"] = Year,
        ["AssignmentCacheDuration"] = Year,
        ["AssignmentCacheCapacity"] = value => Outside<int>(value, capacity => capacity is >= 1 and <= 100_000_000, "from 1 to 100000000"),
        ["StoreTimeout"] = value => Outside(
            ConstantTime.Of(value), timeout => timeout >= TimeSpan.FromMilliseconds(1) && timeout <= TimeSpan.FromSeconds(10), "from 1 ms to 10 s"),
        ["MaxQueueSize"] = value => Outside<int>(value, size => size is >= 1 and <= MaxQueueSize, "from 1 to 10000000"),
        ["BatchSize"] = value => Outside<int>(value, size => size is >= 1 and <= MaxQueueSize, "from 1 to MaxQueueSize"),
        ["MaxAttributeLength"] = value => Outside<int>(value, length => length is >= 16 and <= 1_000_000, "from 16 to 1000000"),
        ["FlushInterval"] = Wait,
        ["BlockTimeout"] = Wait,
        ["PublishTimeout"] = Wait,
        ["ShutdownTimeout"] = value => Outside(
            ConstantTime.Of(value), timeout => timeout >= TimeSpan.Zero && timeout <= LongestWait, "from 0 to 01:00:00"),
        ["MaxAttempts"] = value => Outside<int>(value, attempts => attempts is >= 1 and <= 100, "from 1 to 100"),
        ["BaseDelay"] = Wait,
        ["MaxDelay"] = Wait,
    };

    /// <summary>The value that an option is set to and the range that it is outside of; null where it is inside, or cannot be known.</summary>
    public static (string Value, string Range)? Fault(string option, IOperation value) =>
        Faults.TryGetValue(option, out var fault) ? fault(value) : null;

    /// <summary>The option as the run time's message names it.</summary>
    public static string FullName(IPropertySymbol property) => property.ContainingType.Name switch
    {
        "RetryOptions" => "Retry." + property.Name,
        "ExperimentOptions" => "Experiments." + property.Name,
        _ => property.Name,
    };

    private static (string Value, string Range)? Year(IOperation value) => Outside(
        ConstantTime.Of(value), window => window > TimeSpan.Zero && window <= TimeSpan.FromDays(365), "more than 0 and at most 365 days");

    private static (string Value, string Range)? Wait(IOperation value) =>
        Outside(ConstantTime.Of(value), wait => wait > TimeSpan.Zero && wait <= LongestWait, "more than 0 and at most 01:00:00");

    private static (string Value, string Range)? Outside<T>(IOperation value, Func<T, bool> isInside, string range)
        where T : struct, IFormattable =>
        ConstantOf(value) switch
        {
            T said => Outside(said, isInside, range),
            int said when (double)said is T wide => Outside(wide, isInside, range),
            _ => null,
        };

    /// <summary>The constant, also where it becomes a nullable value; none where there is no such conversion.</summary>
    private static object? ConstantOf(IOperation value) => value switch
    {
        { ConstantValue: { HasValue: true, Value: var said } } => said,
        IConversionOperation { IsImplicit: true, Conversion: { Exists: true, IsUserDefined: false } } conversion => ConstantOf(conversion.Operand),
        _ => null,
    };

    private static (string Value, string Range)? Outside<T>(T? said, Func<T, bool> isInside, string range)
        where T : struct, IFormattable =>
        said is { } value && !isInside(value) ? (value.ToString(null, CultureInfo.InvariantCulture), range) : null;
}
