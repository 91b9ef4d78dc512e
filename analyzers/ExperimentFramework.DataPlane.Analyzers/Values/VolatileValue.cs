using System.Collections.Immutable;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Finds values that change from call to call, from process to process or with the time, and what is derived from them.</summary>
internal static class VolatileValue
{
    /// <summary>The members, with their types, whose value differs each time they are used.</summary>
    private static readonly ImmutableArray<(string Type, string Member)> New =
    [
        ("System.Guid", "NewGuid"),
        ("System.Guid", "CreateVersion7"),
        ("System.DateTime", "Now"),
        ("System.DateTime", "UtcNow"),
        ("System.DateTimeOffset", "Now"),
        ("System.DateTimeOffset", "UtcNow"),
        ("System.TimeProvider", "GetUtcNow"),
        ("System.TimeProvider", "GetLocalNow"),
        ("System.TimeProvider", "GetTimestamp"),
        ("System.Random", "Next"),
        ("System.Random", "NextInt64"),
        ("System.Random", "NextDouble"),
        ("System.Random", "NextSingle"),
        ("System.Random", "GetString"),
        ("System.Random", "GetHexString"),
        ("System.Security.Cryptography.RandomNumberGenerator", "GetInt32"),
        ("System.Security.Cryptography.RandomNumberGenerator", "GetBytes"),
        ("System.Security.Cryptography.RandomNumberGenerator", "GetString"),
        ("System.Security.Cryptography.RandomNumberGenerator", "GetHexString"),
        ("System.Diagnostics.Stopwatch", "GetTimestamp"),
        ("System.Diagnostics.Activity", "Id"),
        ("System.Diagnostics.Activity", "TraceId"),
        ("System.Diagnostics.Activity", "SpanId"),
        ("System.Environment", "TickCount"),
        ("System.Environment", "TickCount64"),
        ("System.IO.Path", "GetRandomFileName"),
        ("Microsoft.AspNetCore.Http.HttpContext", "TraceIdentifier"),
        ("Microsoft.AspNetCore.Http.ConnectionInfo", "Id"),
    ];

    /// <summary>The methods, with their types, whose result is seeded in each process.</summary>
    private static readonly ImmutableArray<(string Type, string Member)> Seeded =
    [
        ("System.String", "GetHashCode"),
        ("System.HashCode", "Combine"),
        ("System.HashCode", "ToHashCode"),
    ];

    /// <summary>The methods that change how a value is written, but not how often it changes.</summary>
    private static readonly ImmutableHashSet<string> Keeping = ImmutableHashSet.Create(
        StringComparer.Ordinal,
        ["Substring", "Replace", "Remove", "Trim", "PadLeft", "ToLower", "ToUpper", "ToLowerInvariant", "ToUpperInvariant", "ToByteArray", "ToHexString", "ToUnixTimeMilliseconds", "ToUnixTimeSeconds", "ToUniversalTime", "ToLocalTime", "GetHashCode"]);

    /// <summary>Returns how a value changes; null if it is not known to change.</summary>
    public static Volatility? Of(IOperation value) => value switch
    {
        IConversionOperation conversion => Of(conversion.Operand),
        IConditionalAccessOperation access => Of(access.WhenNotNull),
        IPropertyReferenceOperation property => OfProperty(property),
        IInvocationOperation call => OfCall(call),
        IInterpolatedStringOperation text => OfParts(text.Parts.OfType<IInterpolationOperation>().Select(part =>
            (Formatted(part.Expression, part.FormatString), part.Expression.ConstantValue.HasValue))),
        IBinaryOperation { OperatorKind: BinaryOperatorKind.Add } sum => OfParts([Part(sum.LeftOperand), Part(sum.RightOperand)]),
        _ => null,
    };

    private static Volatility? OfProperty(IPropertyReferenceOperation property) =>
        IsIn(New, property.Property) ? Volatility.New
        : property.Property is { Name: "Today", ContainingType: var type } && SymbolName.Is(type, "System.DateTime") ? Volatility.Date
        : property.Instance is not { } instance || Of(instance) is not { } changing ? null
        : changing == Volatility.Date ? Volatility.Date
        : !IsTime(instance) ? null
        : property.Property.Name is "Ticks" or "UtcTicks" or "DateTime" or "UtcDateTime" or "LocalDateTime" ? changing
        : Volatility.Date;

    private static Volatility? OfCall(IInvocationOperation call)
    {
        var method = call.TargetMethod;
        if (IsIn(New, method))
        {
            return Volatility.New;
        }

        if (IsIn(Seeded, method))
        {
            return Volatility.Process;
        }

        if (call.Instance is { } instance)
        {
            return method.Name == "ToString" ? Formatted(instance, call.Arguments.FirstOrDefault(argument => argument.Parameter?.Name == "format")?.Value)
                : Of(instance) is not { } changing ? null
                : Keeping.Contains(method.Name) || method.Name.StartsWith("Add", StringComparison.Ordinal) ? changing
                : method.Name is "ToShortDateString" or "ToLongDateString" or "ToShortTimeString" ? Volatility.Date
                : null;
        }

        return method switch
        {
            { Name: "FromDateTime", Parameters.Length: 1 } when Of(call.Arguments[0].Value) is not null => Volatility.Date,
            { Name: "Concat" or "Format" or "Join", ContainingType.SpecialType: SpecialType.System_String } => OfParts(Arguments(call)),
            { Name: "ToString" or "ToBase64String" or "ToHexString" or "ToHexStringLower" } when SymbolName.Is(method.ContainingType, "System.Convert") => OfParts(Arguments(call)),
            _ => null,
        };
    }

    /// <summary>A date makes the text change only if nothing else may identify the subject: one subject a day can be intended.</summary>
    private static Volatility? OfParts(IEnumerable<(Volatility? Changing, bool IsConstant)> parts)
    {
        var all = parts.ToList();
        return all.Exists(part => part.Changing == Volatility.New) ? Volatility.New
            : all.Exists(part => part.Changing == Volatility.Process) ? Volatility.Process
            : all.Exists(part => part.Changing == Volatility.Date) && all.TrueForAll(part => part.Changing is not null || part.IsConstant) ? Volatility.Date
            : null;
    }

    private static IEnumerable<(Volatility?, bool)> Arguments(IInvocationOperation call) => call.Arguments
        .Where(argument => !SymbolName.Is(argument.Parameter?.Type, "System.IFormatProvider"))
        .SelectMany(argument => argument.Value is IArrayCreationOperation { Initializer.ElementValues: var elements } ? elements : [argument.Value])
        .Select(Part);

    private static (Volatility?, bool) Part(IOperation value) =>
        (Of(value), (value is IConversionOperation conversion ? conversion.Operand : value).ConstantValue.HasValue);

    private static Volatility? Formatted(IOperation value, IOperation? format) =>
        Of(value) is var changing && changing == Volatility.New && IsTime(value) && format?.ConstantValue is { HasValue: true, Value: string text } && IsCoarse(text)
            ? Volatility.Date
            : changing;

    /// <summary>Returns whether a format writes neither minutes nor anything shorter.</summary>
    private static bool IsCoarse(string format)
    {
        if (format.Length == 1)
        {
            return format is "d" or "D" or "m" or "M" or "y" or "Y";
        }

        var isQuoted = false;
        foreach (var letter in format)
        {
            isQuoted ^= letter is '\'' or '"';
            if (!isQuoted && letter is 'm' or 's' or 'f' or 'F')
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsTime(IOperation value) =>
        value is IConversionOperation conversion ? IsTime(conversion.Operand)
        : SymbolName.Is(value.Type, "System.DateTime") || SymbolName.Is(value.Type, "System.DateTimeOffset");

    private static bool IsIn(ImmutableArray<(string Type, string Member)> members, ISymbol member) =>
        members.Any(entry => entry.Member == member.Name && SymbolName.Is(member.ContainingType, entry.Type));
}
