using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Times that are written as constants, which the compiler does not fold.</summary>
internal static class ConstantTime
{
    /// <summary>The value of <c>TimeSpan.Zero</c>, <c>TimeSpan.FromSeconds(constant)</c> and its like; null where it cannot be known.</summary>
    public static TimeSpan? Of(IOperation value) => value switch
    {
        IConversionOperation { IsImplicit: true } conversion => Of(conversion.Operand),
        IFieldReferenceOperation { Field: { Name: var name, ContainingType: var type } } when IsTimeSpan(type) => name switch
        {
            "Zero" => TimeSpan.Zero,
            "MaxValue" => TimeSpan.MaxValue,
            "MinValue" => TimeSpan.MinValue,
            _ => null,
        },
        IDefaultValueOperation { Type: { } type } when IsTimeSpan(type) => TimeSpan.Zero,
        IInvocationOperation { TargetMethod: { Name: var name, ContainingType: var type } } invocation
            when IsTimeSpan(type) && invocation.Arguments.Any(argument => argument.ArgumentKind == ArgumentKind.Explicit)
                && invocation.Arguments.All(argument => argument.Value.ConstantValue.HasValue) => From(name, invocation),
        _ => null,
    };

    private static TimeSpan? From(string name, IInvocationOperation invocation)
    {
        // Other parameters than the first are smaller units with a default of 0: as soon as one is said the sum is left alone.
        if (invocation.Arguments.Count(argument => argument.ArgumentKind == ArgumentKind.Explicit) != 1)
        {
            return null;
        }

        var amount = Convert.ToDouble(invocation.Arguments[0].Value.ConstantValue.Value, CultureInfo.InvariantCulture);
        double? ticksPerUnit = name switch
        {
            "FromDays" => TimeSpan.TicksPerDay,
            "FromHours" => TimeSpan.TicksPerHour,
            "FromMinutes" => TimeSpan.TicksPerMinute,
            "FromSeconds" => TimeSpan.TicksPerSecond,
            "FromMilliseconds" => TimeSpan.TicksPerMillisecond,
            "FromTicks" => 1,
            _ => null,
        };
        return amount * ticksPerUnit is { } ticks and > long.MinValue and < long.MaxValue ? TimeSpan.FromTicks((long)ticks) : null;
    }

    private static bool IsTimeSpan(ITypeSymbol type) => type is { Name: "TimeSpan", ContainingNamespace.Name: "System" };
}
