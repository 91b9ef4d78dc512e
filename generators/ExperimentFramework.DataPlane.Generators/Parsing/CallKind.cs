using ExperimentFramework.DataPlane.Generators.Model;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Parsing;

/// <summary>What a method returns, and whether its call can be deferred or repeated.</summary>
internal static class CallKind
{
    /// <summary>The kind of result, and whether there is one.</summary>
    public static (ObservationShape Shape, bool ReturnsValue) Of(IMethodSymbol method) =>
        ResultShape.IsTask(method, out var holdsValue) ? (ObservationShape.Awaitable, holdsValue)
        : ResultShape.IsStream(method) ? (ObservationShape.Stream, true)
        : (ObservationShape.Synchronous, !method.ReturnsVoid);

    /// <summary>The method of the runtime that awaits the enqueueing of the exposure next to the result; null if the result is not awaited.</summary>
    public static string? AwaitsBoth(IMethodSymbol method) =>
        ResultShape.IsTask(method, out var holdsValue) ? "When" + method.ReturnType.Name + (holdsValue ? "Of" : "")
        : ResultShape.IsStream(method) ? "WhenStream"
        : null;

    /// <summary>The method of the runtime that makes a call, and makes it again on fallback.</summary>
    public static string CalledBy(IMethodSymbol method) =>
        ResultShape.IsTask(method, out var holdsValue) ? "Call" + method.ReturnType.Name + (holdsValue ? "Of" : "")
        : ResultShape.IsStream(method) ? "CallStream"
        : method.ReturnsVoid ? "CallVoid"
        : "Call";

    /// <summary>A call that has written to its arguments, or whose arguments cannot live until it has failed, is not made again.</summary>
    public static bool CanBeCalledAgain(IMethodSymbol method, ObservationShape shape) =>
        method.RefKind == RefKind.None
        && !method.ReturnType.IsRefLikeType
        && method.Parameters.All(parameter => parameter.RefKind is not (RefKind.Ref or RefKind.Out))
        && (shape == ObservationShape.Synchronous || CanBeKept(method));

    /// <summary>Whether the arguments can be stored, so that the call can be made later or on another thread.</summary>
    public static bool CanBeKept(IMethodSymbol method) =>
        method.Parameters.All(CanBeKept) && !IsBoundToTheStack(method.ReturnType);

    private static bool CanBeKept(IParameterSymbol parameter) => parameter.RefKind == RefKind.None && !IsBoundToTheStack(parameter.Type);

    private static bool IsBoundToTheStack(ITypeSymbol type) =>
        type.IsRefLikeType || SignatureTypes.HoldsPointer(type) || type is ITypeParameterSymbol { AllowsRefLikeType: true };
}
