using ExperimentFramework.DataPlane.Generators.Model;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Parsing;

/// <summary>Reads what happens after a call: a fallback to control on failure, recording of the outcome, or both.</summary>
internal static class ObservationParser
{
    /// <summary>Returns the code around the call; null if the attribute requests none that the method supports.</summary>
    public static ObservationModel? Parse(IMethodSymbol method, ProxyTag tag, TypeText types, ParameterText parameters)
    {
        if (tag is { FallbackToControl: false, RecordOutcomes: false })
        {
            return null;
        }

        var (shape, returnsValue) = CallKind.Of(method);
        var taken = new HashSet<string>(parameters.Taken.Concat(method.TypeParameters.Select(types.Of)));
        var fallback = tag.FallbackToControl && CallKind.CanBeCalledAgain(method, shape) ? Fallback(method, parameters, taken) : null;
        return fallback is null && !tag.RecordOutcomes
            ? null
            : new ObservationModel(
                shape,
                fallback,
                returnsValue,
                method.ReturnType.IsReferenceType,
                method.RefKind == RefKind.None ? "var" : types.Of(method.ReturnType),
                UniqueName.Create("call", taken),
                UniqueName.Create(shape == ObservationShape.Awaitable ? "task" : "result", taken),
                UniqueName.Create("exception", taken));
    }

    private static FallbackModel Fallback(IMethodSymbol method, ParameterText parameters, HashSet<string> taken) => new(
        CallKind.CanBeKept(method) ? CallKind.CalledBy(method) : null,
        Token(method) is { } token ? ", " + parameters.Name(token) : "",
        UniqueName.Create("variant", taken));

    private static IParameterSymbol? Token(IMethodSymbol method) =>
        method.Parameters.FirstOrDefault(parameter => SymbolName.Is(parameter.Type, "System.Threading.CancellationToken"));
}
