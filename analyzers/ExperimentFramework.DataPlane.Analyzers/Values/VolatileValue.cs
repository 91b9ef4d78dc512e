using System.Collections.Immutable;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Finds values that change from call to call, from process to process or with the time, and what is derived from them.</summary>
internal static class VolatileValue
{
    /// <summary>The members, with their types, whose value differs each time they are used.</summary>
    internal static readonly ImmutableArray<(string Type, string Member)> New =
    [
        ("System.Guid", "NewGuid"),
        ("System.Guid", "CreateVersion7"),
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

    /// <summary>The members, with their types, whose value is the current time.</summary>
    internal static readonly ImmutableArray<(string Type, string Member)> Times =
    [
        ("System.DateTime", "Now"),
        ("System.DateTime", "UtcNow"),
        ("System.DateTimeOffset", "Now"),
        ("System.DateTimeOffset", "UtcNow"),
        ("System.TimeProvider", "GetUtcNow"),
        ("System.TimeProvider", "GetLocalNow"),
    ];

    /// <summary>The methods, with their types, whose result is seeded in each process.</summary>
    internal static readonly ImmutableArray<(string Type, string Member)> Seeded =
    [
        ("System.String", "GetHashCode"),
        ("System.HashCode", "Combine"),
        ("System.HashCode", "ToHashCode"),
    ];

    /// <summary>The methods that change how a value is written, but not how often it changes.</summary>
    internal static readonly ImmutableHashSet<string> Keeping = ImmutableHashSet.Create(
        StringComparer.Ordinal,
        ["Replace", "Trim", "PadLeft", "ToLower", "ToUpper", "ToLowerInvariant", "ToUpperInvariant", "ToByteArray", "ToHexString", "ToUnixTimeMilliseconds", "ToUnixTimeSeconds", "ToUniversalTime", "ToLocalTime", "GetHashCode"]);

    /// <summary>The properties of dates, times and periods that change as often as these; all others change with the date or the hour.</summary>
    internal static readonly ImmutableHashSet<string> Precise = ImmutableHashSet.Create(
        StringComparer.Ordinal,
        ["Ticks", "UtcTicks", "DateTime", "UtcDateTime", "LocalDateTime", "TimeOfDay", "Minute", "Second", "Millisecond", "Microsecond", "Nanosecond", "Minutes", "Seconds", "Milliseconds", "Microseconds", "Nanoseconds", "TotalDays", "TotalHours", "TotalMinutes", "TotalSeconds", "TotalMilliseconds", "TotalMicroseconds", "TotalNanoseconds"]);

    /// <summary>Returns how a value changes; null if it is not known to change.</summary>
    public static Volatility? Of(IOperation value) => value switch
    {
        IConversionOperation conversion => Of(conversion.Operand),
        IConditionalAccessOperation access => Of(access.WhenNotNull),
        IPropertyReferenceOperation property => OfProperty(property),
        IImplicitIndexerReferenceOperation range => OfSlice(range.Instance),
        _ when ComposedText.PartsOf(value) is { } parts => OfParts(parts.Select(OfPart)),
        IInvocationOperation call => OfCall(call),
        IBinaryOperation { OperatorKind: BinaryOperatorKind.Add or BinaryOperatorKind.Subtract } sum => OfValues([sum.LeftOperand, sum.RightOperand]),
        _ => null,
    };

    private static Volatility? OfProperty(IPropertyReferenceOperation property) =>
        IsIn(New, property.Property) ? Volatility.New
        : IsIn(Times, property.Property) ? Volatility.Time
        : property.Property is { Name: "Today", ContainingType: var type } && SymbolName.Is(type, "System.DateTime") ? Volatility.Date
        : property.Instance is not { } instance || Of(instance) is not { } changing ? null
        : changing == Volatility.Date ? Volatility.Date
        : !IsTime(instance) ? null
        : Precise.Contains(property.Property.Name) ? changing
        : Volatility.Date;

    private static Volatility? OfCall(IInvocationOperation call)
    {
        var method = call.TargetMethod;
        return IsIn(New, method) ? Volatility.New
            : IsIn(Times, method) ? Volatility.Time
            : IsIn(Seeded, method) ? Volatility.Process
            : call.Instance is { } instance ? OfCall(method, instance, call.Arguments)
            : method is { Name: "FromDateTime", Parameters.Length: 1 } && Of(call.Arguments[0].Value) is { } changing
                ? SymbolName.Is(method.ContainingType, "System.TimeOnly") ? changing : Volatility.Date
            : null;
    }

    private static Volatility? OfCall(IMethodSymbol method, IOperation instance, ImmutableArray<IArgumentOperation> arguments) => method.Name switch
    {
        "ToString" => OfPart(new TextPart(instance, arguments.FirstOrDefault(argument => argument.Parameter?.Name == "format")?.Value)).Changing,
        "Substring" or "Remove" => OfSlice(instance),
        "Subtract" => OfValues([instance, arguments[0].Value]),
        "ToShortDateString" or "ToLongDateString" or "ToShortTimeString" => Of(instance) is null ? null : Volatility.Date,
        var name => Keeping.Contains(name) || name.StartsWith("Add", StringComparison.Ordinal) ? Of(instance) : null,
    };

    /// <summary>A slice of a text may not contain all of its parts, and of a time only the date.</summary>
    private static Volatility? OfSlice(IOperation text)
    {
        var parts = ComposedText.PartsOf(text)?.Select(OfPart).ToList();
        return parts?.TrueForAll(part => part.Changing is not null || part.IsConstant) == false ? null
            : Of(text) is var changing && changing == Volatility.Time ? Volatility.Date
            : changing;
    }

    private static Volatility? OfValues(IEnumerable<IOperation> values) => OfParts(values.Select(value => OfPart(new TextPart(value))));

    /// <summary>A date makes the text change only if nothing else may identify the subject: one subject a day can be intended.</summary>
    private static Volatility? OfParts(IEnumerable<(Volatility? Changing, bool IsConstant)> parts)
    {
        var all = parts.ToList();
        return all.Exists(part => part.Changing == Volatility.New) ? Volatility.New
            : all.Exists(part => part.Changing == Volatility.Time) ? Volatility.Time
            : all.Exists(part => part.Changing == Volatility.Process) ? Volatility.Process
            : all.Exists(part => part.Changing == Volatility.Date) && all.TrueForAll(part => part.Changing is not null || part.IsConstant) ? Volatility.Date
            : null;
    }

    /// <summary>An unknown format of a time may write only the date.</summary>
    private static (Volatility? Changing, bool IsConstant) OfPart(TextPart part)
    {
        var changing = Of(part.Value);
        return (
            changing == Volatility.Time && IsTime(part.Value) && (!part.IsFormatKnown || TimeFormat.IsCoarse(part.Format)) ? Volatility.Date : changing,
            part.Value.ConstantValue.HasValue);
    }

    private static bool IsTime(IOperation value) =>
        value is IConversionOperation conversion ? IsTime(conversion.Operand)
        : value.Type is { Name: "DateTime" or "DateTimeOffset" or "TimeOnly" or "TimeSpan" } type && SymbolName.IsIn(type, "System");

    private static bool IsIn(ImmutableArray<(string Type, string Member)> members, ISymbol member) =>
        members.Any(entry => entry.Member == member.Name && SymbolName.Is(member.ContainingType, entry.Type));
}
