using ExperimentFramework.DataPlane.Generators.Model;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Parsing;

/// <summary>Reads what has to happen after a call: control answers an exception, the outcome is recorded, or both.</summary>
internal static class AfterCallParser
{
    /// <summary>The code around the call; null where the attribute asks for none that the method can have.</summary>
    public static AfterCallModel? Parse(IMethodSymbol method, ProxyTag tag, TypeText types, ParameterText parameters)
    {
        if (tag is { FallbackToControl: false, RecordOutcomes: false })
        {
            return null;
        }

        var (shape, returnsValue) = CallShape.Of(method);
        var taken = new HashSet<string>(parameters.Taken.Concat(method.TypeParameters.Select(types.Of)));
        var fallback = tag.FallbackToControl && CallShape.CanBeCalledAgain(method, shape) ? Fallback(method, parameters, taken) : null;
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

    private static FallbackModel Fallback(IMethodSymbol method, ParameterText parameters, HashSet<string> taken) => new(
        CallShape.CanBeKept(method) ? CallShape.CalledBy(method) : null,
        Token(method) is { } token ? ", " + parameters.Name(token) : "",
        FreeName.Of("variant", taken));

    private static IParameterSymbol? Token(IMethodSymbol method) =>
        method.Parameters.FirstOrDefault(parameter => SymbolName.Is(parameter.Type, "System.Threading.CancellationToken"));
}
