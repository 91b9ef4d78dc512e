using ExperimentFramework.DataPlane.Generators.Model;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Parsing;

/// <summary>Reads what has to happen after a call: control answers an exception, the outcome is recorded, or both.</summary>
internal static class AfterCallParser
{
    /// <summary>The code around the call; null where the attribute asks for none that the method can have.</summary>
    public static AfterCallModel? Parse(IMethodSymbol method, ProxyTag tag, TypeText types, ParameterText parameters, int helperNumber)
    {
        var (shape, returnsValue) = ShapeOf(method);
        var taken = new HashSet<string>(parameters.Taken.Concat(method.TypeParameters.Select(types.Of)));
        var fallback = tag.FallbackToControl && CanBeCalledAgain(method, shape) ? Fallback(method, shape, types, parameters, helperNumber, taken) : null;
        return fallback is null && !tag.RecordOutcomes
            ? null
            : new AfterCallModel(
                shape,
                fallback,
                returnsValue,
                method.ReturnType.IsReferenceType,
                method.RefKind == RefKind.None ? "var" : types.Of(method.ReturnType),
                FreeName.Of("call", taken),
                FreeName.Of(shape == AfterCallShape.Awaitable ? "task" : "answer", taken),
                FreeName.Of("error", taken));
    }

    private static FallbackModel Fallback(
        IMethodSymbol method, AfterCallShape shape, TypeText types, ParameterText parameters, int helperNumber, HashSet<string> taken) => new(
        Token(method) is { } token ? ", " + parameters.Name(token) : "",
        FreeName.Of(shape == AfterCallShape.Stream ? "variant" : "result", taken),
        shape == AfterCallShape.Awaitable
            ? new HelperModel(
                AttributeText.Member(method).Where(ConcernsCalls).ToEquatableArray(),
                method.Name + "AfterCall" + helperNumber,
                types.Of(method.ReturnType.WithNullableAnnotation(NullableAnnotation.NotAnnotated)),
                TypeParameterText.Declared(method.TypeParameters, types),
                TypeParameterText.Passed(method.TypeParameters, types),
                TypeParameterText.Repeated(method.TypeParameters, types),
                parameters.Appended(),
                parameters.AppendedArguments())
            : null);

    /// <summary>Attributes that decide what the helper may call, not those about its result.</summary>
    private static bool ConcernsCalls(string attribute) =>
        attribute.Contains(".Requires") || attribute.Contains(".Obsolete") || attribute.Contains(".Experimental");

    private static (AfterCallShape Shape, bool ReturnsValue) ShapeOf(IMethodSymbol method) =>
        ResultShape.IsTask(method, out var holdsValue) ? (AfterCallShape.Awaitable, holdsValue)
        : ResultShape.IsStream(method) ? (AfterCallShape.Stream, true)
        : (AfterCallShape.Synchronous, !method.ReturnsVoid);

    /// <summary>A call that has written to its arguments, or whose arguments cannot live until it has failed, is not made again.</summary>
    private static bool CanBeCalledAgain(IMethodSymbol method, AfterCallShape shape) =>
        method.RefKind == RefKind.None
        && !method.ReturnType.IsRefLikeType
        && method.Parameters.All(parameter => parameter.RefKind is not (RefKind.Ref or RefKind.Out))
        && (shape == AfterCallShape.Synchronous
            || (method.Parameters.All(CanBeKept) && !SignatureTypes.HoldsPointer(method.ReturnType)));

    private static bool CanBeKept(IParameterSymbol parameter) =>
        parameter.RefKind == RefKind.None
        && !parameter.Type.IsRefLikeType
        && !SignatureTypes.HoldsPointer(parameter.Type)
        && parameter.Type is not ITypeParameterSymbol { AllowsRefLikeType: true };

    private static IParameterSymbol? Token(IMethodSymbol method) =>
        method.Parameters.FirstOrDefault(parameter => SymbolName.Is(parameter.Type, "System.Threading.CancellationToken"));
}
