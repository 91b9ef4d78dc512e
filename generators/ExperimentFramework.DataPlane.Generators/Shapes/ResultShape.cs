using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Shapes;

/// <summary>Determines what kind of result a method returns.</summary>
internal static class ResultShape
{
    /// <summary>Returns whether the result is a task or a stream that a proxy can await.</summary>
    public static bool IsAwaited(IMethodSymbol method) => IsTask(method, out _) || IsStream(method);

    /// <summary>Returns whether the result is a task that a proxy can await.</summary>
    /// <param name="method">The method.</param>
    /// <param name="holdsValue">Whether the task has a result.</param>
    public static bool IsTask(IMethodSymbol method, out bool holdsValue)
    {
        holdsValue = false;
        if (method.ReturnType is not INamedTypeSymbol { Name: "Task" or "ValueTask", Arity: 0 or 1 } task
            || !SymbolName.IsIn(task, "System.Threading.Tasks")
            || !CanBeWrapped(method, task))
        {
            return false;
        }

        holdsValue = task.Arity == 1;
        return true;
    }

    /// <summary>Returns whether the result is a stream that another stream can wrap.</summary>
    public static bool IsStream(IMethodSymbol method) =>
        method.ReturnType is INamedTypeSymbol { Name: "IAsyncEnumerable", Arity: 1 } stream
        && SymbolName.IsIn(stream, "System.Collections.Generic")
        && CanBeWrapped(method, stream);

    private static bool CanBeWrapped(IMethodSymbol method, INamedTypeSymbol result) => method.RefKind == RefKind.None && !HasStackOnlyElements(result);

    /// <summary>A task or stream whose elements are bound to the stack cannot be wrapped.</summary>
    private static bool HasStackOnlyElements(INamedTypeSymbol type) => type.Arity > 0 && type.TypeArguments.Any(argument => argument.IsRefLikeType || argument is ITypeParameterSymbol { AllowsRefLikeType: true });
}
