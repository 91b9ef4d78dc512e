using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Shapes;

/// <summary>What kind of result a method gives.</summary>
public static class ResultShape
{
    /// <summary>Whether the result is a task or a stream that can be awaited in the variant's place.</summary>
    public static bool IsAwaited(IMethodSymbol method) => IsTask(method, out _) || IsStream(method);

    /// <summary>Whether the result is a task that can be awaited in the variant's place.</summary>
    /// <param name="method">The method.</param>
    /// <param name="holdsValue">Whether the task gives a value.</param>
    public static bool IsTask(IMethodSymbol method, out bool holdsValue)
    {
        var name = NameOf(method);
        holdsValue = name is "System.Threading.Tasks.Task`1" or "System.Threading.Tasks.ValueTask`1";
        return holdsValue || name is "System.Threading.Tasks.Task" or "System.Threading.Tasks.ValueTask";
    }

    /// <summary>Whether the result is a stream that can be passed through another one.</summary>
    public static bool IsStream(IMethodSymbol method) => NameOf(method) == "System.Collections.Generic.IAsyncEnumerable`1";

    private static string? NameOf(IMethodSymbol method) => method.RefKind != RefKind.None || HoldsStackItems(method.ReturnType)
        ? null
        : method.ReturnType.ContainingNamespace?.ToDisplayString() + "." + method.ReturnType.MetadataName;

    /// <summary>A stream whose elements live on the stack cannot be passed through another one.</summary>
    private static bool HoldsStackItems(ITypeSymbol type) => type is INamedTypeSymbol named
        && named.TypeArguments.Any(argument => argument.IsRefLikeType || argument is ITypeParameterSymbol { AllowsRefLikeType: true });
}
