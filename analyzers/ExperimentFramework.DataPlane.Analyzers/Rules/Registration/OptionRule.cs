using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Validates the constants that are assigned to options against <see cref="OptionRanges"/>.</summary>
internal static class OptionRule
{
    private static readonly Dictionary<string, Func<IOperation, (string Value, string Range)?>> Validators = new(StringComparer.Ordinal)
    {
        ["SamplingRate"] = value => Outside(Constant<double>(value), OptionRanges.SamplingRate),
        ["RepeatWindow"] = value => Outside(ConstantTime.Of(value), OptionRanges.RepeatWindow),
        ["RepeatCapacity"] = value => Outside(Constant<int>(value), OptionRanges.RepeatCapacity),
        ["AssignmentCacheDuration"] = value => Outside(ConstantTime.Of(value), OptionRanges.AssignmentCacheDuration),
        ["AssignmentCacheCapacity"] = value => Outside(Constant<int>(value), OptionRanges.AssignmentCacheCapacity),
        ["StoreTimeout"] = value => Outside(ConstantTime.Of(value), OptionRanges.StoreTimeout),
        ["MaxQueueSize"] = value => Outside(Constant<int>(value), OptionRanges.MaxQueueSize),
        ["BatchSize"] = value => Outside(Constant<int>(value), OptionRanges.MaxQueueSize) is { } outside ? (outside.Value, "from 1 to MaxQueueSize") : null,
        ["MaxAttributeLength"] = value => Outside(Constant<int>(value), OptionRanges.MaxAttributeLength),
        ["FlushInterval"] = value => Outside(ConstantTime.Of(value), OptionRanges.FlushInterval),
        ["AccountingInterval"] = value => Outside(ConstantTime.Of(value), OptionRanges.AccountingInterval),
        ["BlockTimeout"] = value => Outside(ConstantTime.Of(value), OptionRanges.BlockTimeout),
        ["PublishTimeout"] = value => Outside(ConstantTime.Of(value), OptionRanges.PublishTimeout),
        ["ShutdownTimeout"] = value => Outside(ConstantTime.Of(value), OptionRanges.ShutdownTimeout),
        ["MaxAttempts"] = value => Outside(Constant<int>(value), OptionRanges.MaxAttempts),
        ["BaseDelay"] = value => Outside(ConstantTime.Of(value), OptionRanges.MaxDelay),
        ["MaxDelay"] = value => Outside(ConstantTime.Of(value), OptionRanges.MaxDelay),
    };

    /// <summary>Returns the value of an option and its allowed range if it is outside; null if it is inside or unknown.</summary>
    public static (string Value, string Range)? Validate(string option, IOperation value) =>
        Validators.TryGetValue(option, out var validate) ? validate(value) : null;

    /// <summary>Returns the option's name as it appears in the runtime's messages.</summary>
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

    /// <summary>Returns the constant, including one that is converted to a nullable type; null if the value is not a constant.</summary>
    private static object? ConstantOf(IOperation value) => value switch
    {
        { ConstantValue: { HasValue: true, Value: var constant } } => constant,
        IConversionOperation { IsImplicit: true, Conversion: { Exists: true, IsUserDefined: false } } conversion => ConstantOf(conversion.Operand),
        _ => null,
    };

    private static (string Value, string Range)? Outside<T>(T? value, OptionRange<T> range)
        where T : struct, IComparable<T>, IFormattable =>
        value is { } known && !range.Contains(known) ? (known.ToString(null, CultureInfo.InvariantCulture), range.ToString()) : null;
}
