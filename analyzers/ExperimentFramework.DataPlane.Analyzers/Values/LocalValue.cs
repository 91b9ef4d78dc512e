using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Finds the values of local variables.</summary>
internal static class LocalValue
{
    /// <summary>Returns the initial value of a variable that is never reassigned; null if unknown.</summary>
    public static IOperation? Of(ILocalReferenceOperation reference)
    {
        var all = Root(reference).Descendants().ToList();
        return all.Any(operation => operation is IAssignmentOperation { Target: ILocalReferenceOperation target } && IsSame(target, reference))
            ? null
            : all.OfType<IVariableDeclaratorOperation>().FirstOrDefault(declarator => SymbolEqualityComparer.Default.Equals(declarator.Symbol, reference.Local))?.GetVariableInitializer()?.Value;
    }

    /// <summary>Returns the initial value of a variable if this is its only use; otherwise null.</summary>
    public static IOperation? OnlyUse(ILocalReferenceOperation reference) =>
        Root(reference).Descendants().OfType<ILocalReferenceOperation>().Count(other => IsSame(other, reference)) == 1 ? Of(reference) : null;

    private static bool IsSame(ILocalReferenceOperation one, ILocalReferenceOperation other) => SymbolEqualityComparer.Default.Equals(one.Local, other.Local);

    private static IOperation Root(IOperation operation)
    {
        while (operation.Parent is { } parent)
        {
            operation = parent;
        }

        return operation;
    }
}
