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
        holdsValue = false;
        if (method.ReturnType is not INamedTypeSymbol { Name: "Task" or "ValueTask", Arity: 0 or 1 } task
            || !SymbolName.IsIn(task, "System.Threading.Tasks")
            || !CanBePassedThrough(method, task))
        {
            return false;
        }

        holdsValue = task.Arity == 1;
        return true;
    }

    /// <summary>Whether the result is a stream that can be passed through another one.</summary>
    public static bool IsStream(IMethodSymbol method) =>
        method.ReturnType is INamedTypeSymbol { Name: "IAsyncEnumerable", Arity: 1 } stream
        && SymbolName.IsIn(stream, "System.Collections.Generic")
        && CanBePassedThrough(method, stream);

    private static bool CanBePassedThrough(IMethodSymbol method, INamedTypeSymbol result) => method.RefKind == RefKind.None && !HoldsStackItems(result);

    /// <summary>A stream whose elements live on the stack cannot be passed through another one.</summary>
    private static bool HoldsStackItems(INamedTypeSymbol type) => type.Arity > 0 && type.TypeArguments.Any(argument => argument.IsRefLikeType || argument is ITypeParameterSymbol { AllowsRefLikeType: true });
}
