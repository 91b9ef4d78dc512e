using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Compares the constants that options are set to with <see cref="OptionRanges"/>.</summary>
internal static class OptionRule
{
    private static readonly Dictionary<string, Func<IOperation, (string Value, string Range)?>> Faults = new(StringComparer.Ordinal)
    {
        ["SamplingRate"] = value => Outside(Constant<double>(value), OptionRanges.SamplingRate),
        ["RepeatWindow"] = value => Outside(ConstantTime.Of(value), OptionRanges.RepeatWindow),
        ["RepeatCapacity"] = value => Outside(Constant<int>(value), OptionRanges.RepeatCapacity),
        ["AssignmentCacheDuration"] = value => Outside(ConstantTime.Of(value), OptionRanges.AssignmentCacheDuration),
        ["AssignmentCacheCapacity"] = value => Outside(Constant<int>(value), OptionRanges.AssignmentCacheCapacity),
        ["StoreTimeout"] = value => Outside(ConstantTime.Of(value), OptionRanges.StoreTimeout),
        ["MaxQueueSize"] = value => Outside(Constant<int>(value), OptionRanges.MaxQueueSize),
        ["BatchSize"] = value => Outside(Constant<int>(value), OptionRanges.MaxQueueSize) is { } fault ? (fault.Value, "from 1 to MaxQueueSize") : null,
        ["MaxAttributeLength"] = value => Outside(Constant<int>(value), OptionRanges.MaxAttributeLength),
        ["FlushInterval"] = value => Outside(ConstantTime.Of(value), OptionRanges.FlushInterval),
        ["BlockTimeout"] = value => Outside(ConstantTime.Of(value), OptionRanges.BlockTimeout),
        ["PublishTimeout"] = value => Outside(ConstantTime.Of(value), OptionRanges.PublishTimeout),
        ["ShutdownTimeout"] = value => Outside(ConstantTime.Of(value), OptionRanges.ShutdownTimeout),
        ["MaxAttempts"] = value => Outside(Constant<int>(value), OptionRanges.MaxAttempts),
        ["BaseDelay"] = value => Outside(ConstantTime.Of(value), OptionRanges.MaxDelay),
        ["MaxDelay"] = value => Outside(ConstantTime.Of(value), OptionRanges.MaxDelay),
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

    private static T? Constant<T>(IOperation value)
        where T : struct =>
        ConstantOf(value) switch
        {
            T constant => constant,
            int number when (double)number is T wide => wide,
            _ => null,
        };

    /// <summary>The constant, also where it becomes a nullable value; none where there is no such conversion.</summary>
    private static object? ConstantOf(IOperation value) => value switch
    {
        { ConstantValue: { HasValue: true, Value: var said } } => said,
        IConversionOperation { IsImplicit: true, Conversion: { Exists: true, IsUserDefined: false } } conversion => ConstantOf(conversion.Operand),
        _ => null,
    };

    private static (string Value, string Range)? Outside<T>(T? value, OptionRange<T> range)
        where T : struct, IComparable<T>, IFormattable =>
        value is { } known && !range.Contains(known) ? (known.ToString(null, CultureInfo.InvariantCulture), range.ToString()) : null;
}
