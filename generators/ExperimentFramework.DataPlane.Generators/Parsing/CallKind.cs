using ExperimentFramework.DataPlane.Generators.Model;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Parsing;

/// <summary>Determines what kind of result a method has, and whether its call can be deferred or repeated.</summary>
internal static class CallKind
{
    /// <summary>Returns the kind of result, and whether there is a value.</summary>
    public static (ObservationShape Shape, bool ReturnsValue) Of(IMethodSymbol method) =>
        ResultShape.IsTask(method, out var holdsValue) ? (ObservationShape.Awaitable, holdsValue)
        : ResultShape.IsStream(method) ? (ObservationShape.Stream, true)
        : (ObservationShape.Synchronous, !method.ReturnsVoid);

    /// <summary>Returns the runtime method that awaits the enqueueing of the exposure together with the result; null if the result is not awaited.</summary>
    public static string? AwaitsBoth(IMethodSymbol method) =>
        ResultShape.IsTask(method, out var holdsValue) ? "When" + method.ReturnType.Name + (holdsValue ? "Of" : "")
        : ResultShape.IsStream(method) ? "WhenStream"
        : null;

    /// <summary>Returns the runtime method that makes a call, and repeats it on fallback.</summary>
    public static string CalledBy(IMethodSymbol method) =>
        ResultShape.IsTask(method, out var holdsValue) ? "Call" + method.ReturnType.Name + (holdsValue ? "Of" : "")
        : ResultShape.IsStream(method) ? "CallStream"
        : method.ReturnsVoid ? "CallVoid"
        : "Call";

    /// <summary>Returns whether a call can be repeated: not if it writes to its arguments, if they cannot be stored until it fails, or if the result may refer to them.</summary>
    public static bool CanBeCalledAgain(IMethodSymbol method, ObservationShape shape) =>
        method.RefKind == RefKind.None
        && !method.ReturnType.IsRefLikeType
        && method.Parameters.All(parameter => parameter.RefKind is not (RefKind.Ref or RefKind.Out))
        && (shape == ObservationShape.Synchronous || CanBeKept(method));

    /// <summary>Returns whether the arguments can be stored, so that the call can be made later or on another thread.</summary>
    public static bool CanBeKept(IMethodSymbol method) =>
        method.Parameters.All(CanBeKept) && !IsBoundToTheStack(method.ReturnType);

    private static bool CanBeKept(IParameterSymbol parameter) => parameter.RefKind == RefKind.None && !IsBoundToTheStack(parameter.Type);

    private static bool IsBoundToTheStack(ITypeSymbol type) =>
        type.IsRefLikeType || SignatureTypes.HoldsPointer(type) || type is ITypeParameterSymbol { AllowsRefLikeType: true };
}
