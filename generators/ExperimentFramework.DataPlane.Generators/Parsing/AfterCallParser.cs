using ExperimentFramework.DataPlane.Generators.Model;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Parsing;

/// <summary>Reads what has to happen after a call that may fall back to control.</summary>
internal static class AfterCallParser
{
    /// <summary>The code around the call; null for a method that cannot be called again or cannot be kept for later.</summary>
    public static AfterCallModel? Parse(IMethodSymbol method, TypeText types, int number)
    {
        if (method.RefKind != RefKind.None
            || method.Parameters.Any(parameter => parameter.RefKind is RefKind.Ref or RefKind.Out)
            || method.ReturnType.IsRefLikeType)
        {
            return null;
        }

        var (kind, returnsValue) = Shape(method);
        if (kind != AfterCallKind.Synchronous && method.Parameters.Any(CannotBeKept))
        {
            return null;
        }

        var taken = new HashSet<string>(method.Parameters.Select(parameter => parameter.Name));
        var typeParameters = method.TypeParameters.Select(types.Of).ToArray();
        return new AfterCallModel(
            kind,
            method.Name + "AfterCall" + number,
            method.ReturnsVoid ? "void" : types.Of(method.ReturnType),
            typeParameters.Length == 0 ? "" : "<" + string.Join(", ", typeParameters) + ">",
            string.Concat(method.TypeParameters
                .Select(parameter => (Name: types.Of(parameter), Constraints: TypeParameterConstraints.Repeated(parameter, types)))
                .Where(parameter => parameter.Constraints.Length > 0)
                .Select(parameter => " where " + parameter.Name + " : " + parameter.Constraints)),
            string.Concat(method.Parameters.Select(parameter => ", " + types.Of(parameter.Type) + " " + TypeText.Identifier(parameter.Name))),
            string.Concat(method.Parameters.Select(parameter => ", " + TypeText.Identifier(parameter.Name))),
            Token(method) is { } token ? ", " + TypeText.Identifier(token.Name) : "",
            returnsValue,
            FreeName.Of("call", taken),
            FreeName.Of(kind == AfterCallKind.Synchronous ? "answer" : "task", taken),
            FreeName.Of("error", taken),
            FreeName.Of(kind == AfterCallKind.Stream ? "variant" : "result", taken));
    }

    private static (AfterCallKind Kind, bool ReturnsValue) Shape(IMethodSymbol method) =>
        (method.ReturnType.OriginalDefinition.ToDisplayString()) switch
        {
            "System.Threading.Tasks.Task" or "System.Threading.Tasks.ValueTask" => (AfterCallKind.Awaitable, false),
            "System.Threading.Tasks.Task<TResult>" or "System.Threading.Tasks.ValueTask<TResult>" => (AfterCallKind.Awaitable, true),
            "System.Collections.Generic.IAsyncEnumerable<out T>" or "System.Collections.Generic.IAsyncEnumerable<T>" => (AfterCallKind.Stream, true),
            _ => (AfterCallKind.Synchronous, !method.ReturnsVoid),
        };

    /// <summary>A parameter that cannot live in a state machine or a closure.</summary>
    private static bool CannotBeKept(IParameterSymbol parameter) =>
        parameter.RefKind != RefKind.None
        || parameter.Type.IsRefLikeType
        || parameter.Type is IPointerTypeSymbol or IFunctionPointerTypeSymbol or ITypeParameterSymbol { AllowsRefLikeType: true };

    private static IParameterSymbol? Token(IMethodSymbol method) =>
        method.Parameters.FirstOrDefault(parameter => parameter.Type.ToDisplayString() == "System.Threading.CancellationToken");
}
