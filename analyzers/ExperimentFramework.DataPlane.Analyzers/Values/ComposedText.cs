using System.Collections.Immutable;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Finds the values that a text is composed of: by interpolation, <c>+</c>, or a method such as <c>string.Concat</c>.</summary>
internal static class ComposedText
{
    /// <summary>Returns the values that a text contains, without its literal text; null if it is not composed.</summary>
    public static IReadOnlyList<TextPart>? PartsOf(IOperation text) => text switch
    {
        IConversionOperation conversion => PartsOf(conversion.Operand),
        IInterpolatedStringOperation interpolated => [.. interpolated.Parts.Select(Interpolated).OfType<TextPart>()],
        IInterpolatedStringAdditionOperation sum => Join(PartsOf(sum.Left), PartsOf(sum.Right)),
        IInterpolatedStringHandlerCreationOperation handler => PartsOf(handler.Content),
        IBinaryOperation { OperatorKind: BinaryOperatorKind.Add, Type.SpecialType: SpecialType.System_String } sum => [new TextPart(sum.LeftOperand), new TextPart(sum.RightOperand)],
        IInvocationOperation call => PartsOf(call),
        _ => null,
    };

    private static IReadOnlyList<TextPart>? PartsOf(IInvocationOperation call) => call.TargetMethod switch
    {
        { Name: "Concat" or "Join", ContainingType.SpecialType: SpecialType.System_String } => [.. Values(call.Arguments).Select(value => new TextPart(value))],
        { Name: "Format", ContainingType.SpecialType: SpecialType.System_String } => Formatted(call),
        { Name: "Create", ContainingType.SpecialType: SpecialType.System_String } => call.Arguments
            .Select(argument => argument.Value is IInterpolatedStringHandlerCreationOperation handler ? PartsOf(handler) : null)
            .FirstOrDefault(parts => parts is not null),
        { Name: "Invariant" or "CurrentCulture", ContainingType: var type } when SymbolName.Is(type, "System.FormattableString") => PartsOf(call.Arguments[0].Value),
        { Name: "ToString" or "ToBase64String" or "ToHexString" or "ToHexStringLower", ContainingType: var type } when SymbolName.Is(type, "System.Convert") =>
            [.. Values(call.Arguments).Select(value => new TextPart(value))],
        _ => null,
    };

    private static TextPart? Interpolated(IInterpolatedStringContentOperation content) => content switch
    {
        IInterpolationOperation interpolation => new TextPart(interpolation.Expression, interpolation.FormatString),
        IInterpolatedStringAppendOperation { AppendCall: IInvocationOperation { TargetMethod.Name: "AppendFormatted" } append } when Argument(append, "value") is { } value =>
            new TextPart(value, Argument(append, "format")),
        _ => null,
    };

    private static IReadOnlyList<TextPart> Formatted(IInvocationOperation call)
    {
        var format = Argument(call, "format")!;
        var arguments = Values(call.Arguments.Where(argument => argument.Parameter?.Name != "format")).ToImmutableArray();
        return format.ConstantValue is not { HasValue: true, Value: string constant }
            ? [new TextPart(format), .. arguments.Select(value => new TextPart(value, format))]
            : [.. CompositeFormat.Placeholders(constant)
                .Where(_ => !arguments.IsEmpty)
                .Select(placeholder => new TextPart(arguments[Math.Min(placeholder.Index, arguments.Length - 1)], placeholder.Format))];
    }

    private static IReadOnlyList<TextPart>? Join(IReadOnlyList<TextPart>? first, IReadOnlyList<TextPart>? second) =>
        first is null || second is null ? null : [.. first, .. second];

    private static IEnumerable<IOperation> Values(IEnumerable<IArgumentOperation> arguments) => arguments
        .Where(argument => !SymbolName.Is(argument.Parameter?.Type, "System.IFormatProvider"))
        .SelectMany(argument => Elements(argument.Value));

    private static ImmutableArray<IOperation> Elements(IOperation value) => value switch
    {
        IConversionOperation { Operand: ICollectionExpressionOperation collection } => collection.Elements,
        ICollectionExpressionOperation collection => collection.Elements,
        IArrayCreationOperation { Initializer.ElementValues: var elements } => elements,
        _ => [value],
    };

    private static IOperation? Argument(IInvocationOperation call, string parameter) =>
        call.Arguments.FirstOrDefault(argument => argument.Parameter?.Name == parameter)?.Value;
}
