using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Evaluates <see cref="TimeSpan"/> values that are made of constants, which the compiler does not fold.</summary>
internal static class ConstantTime
{
    /// <summary>Returns the value of <c>TimeSpan.Zero</c>, <c>TimeSpan.FromSeconds(constant)</c> and similar expressions; null if unknown.</summary>
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
        IObjectCreationOperation { Type: { } type } creation when IsTimeSpan(type) => OfParts(creation),
        IInvocationOperation { TargetMethod: { Name: "Parse", ContainingType: var type } } parse when IsTimeSpan(type) =>
            TextOf(parse)?.ConstantValue.Value is string text && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var parsed) ? parsed : null,
        IInvocationOperation { TargetMethod: { Name: var name, ContainingType: var type } } invocation
            when IsTimeSpan(type) && invocation.Arguments.Any(argument => argument.ArgumentKind == ArgumentKind.Explicit)
                && invocation.Arguments.All(argument => argument.Value.ConstantValue.HasValue) => From(name, invocation),
        _ => null,
    };

    /// <summary>Returns the text that <c>TimeSpan.Parse</c> parses, including one that is converted to a span.</summary>
    public static IOperation? TextOf(IInvocationOperation parse) =>
        parse.Arguments.FirstOrDefault(argument => argument.Parameter?.Ordinal == 0)?.Value switch
        {
            IConversionOperation conversion => conversion.Operand,
            var value => value,
        };

    private static TimeSpan? From(string name, IInvocationOperation invocation)
    {
        // The parameters after the first are smaller units with a default of 0. A call that passes one is not evaluated.
        if (invocation.Arguments.Count(argument => argument.ArgumentKind == ArgumentKind.Explicit) != 1)
        {
            return null;
        }

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
        var amount = invocation.Arguments[0].Value.ConstantValue.Value is int or long or double ? Convert.ToDouble(invocation.Arguments[0].Value.ConstantValue.Value, CultureInfo.InvariantCulture) : (double?)null;
        return amount * ticksPerUnit is { } ticks and > long.MinValue and < long.MaxValue ? TimeSpan.FromTicks((long)ticks) : null;
    }

    /// <summary>Returns the value of a constructor call with constants.</summary>
    private static TimeSpan? OfParts(IObjectCreationOperation creation)
    {
        var values = creation.Arguments.OrderBy(argument => argument.Parameter?.Ordinal).Select(argument => argument.Value.ConstantValue.Value).ToArray();
        if (values.Any(value => value is not (int or long)))
        {
            return null;
        }

        var parts = Array.ConvertAll(values, value => Convert.ToInt64(value, CultureInfo.InvariantCulture));
        try
        {
            return parts.Length switch
            {
                0 => TimeSpan.Zero,
                1 => new TimeSpan(parts[0]),
                3 => new TimeSpan((int)parts[0], (int)parts[1], (int)parts[2]),
                4 => new TimeSpan((int)parts[0], (int)parts[1], (int)parts[2], (int)parts[3]),
                5 => new TimeSpan((int)parts[0], (int)parts[1], (int)parts[2], (int)parts[3], (int)parts[4]),
                _ => null,
            };
        }
        catch (ArgumentOutOfRangeException)
        {
            // The constructor throws at runtime too.
            return null;
        }
    }

    private static bool IsTimeSpan(ITypeSymbol type) => type is { Name: "TimeSpan", ContainingNamespace.Name: "System" };
}
