using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Recognizes the methods of tasks that return the same work in another form.</summary>
internal static class AwaitableCall
{
    /// <summary>Returns the task that a call only wraps; null if the call starts work of its own.</summary>
    public static IOperation? Wrapped(IInvocationOperation call) =>
        call is { TargetMethod: { Name: "ConfigureAwait" or "WaitAsync" or "AsTask" or "Preserve", ContainingType: var type }, Instance: { } task } && IsTask(type) ? task : null;

    /// <summary>Returns whether a type is one of the framework's tasks, not one derived from them.</summary>
    public static bool IsTask(ITypeSymbol? type) => type is { Name: "Task" or "ValueTask" } && SymbolName.IsIn(type, "System.Threading.Tasks");
}
