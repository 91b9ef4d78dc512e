using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>What local variables hold.</summary>
internal static class LocalValue
{
    /// <summary>What a variable was declared with, where nothing assigns it again; null where that cannot be known.</summary>
    public static IOperation? Of(ILocalReferenceOperation reference)
    {
        var all = Root(reference).Descendants().ToList();
        return all.Any(operation => operation is IAssignmentOperation { Target: ILocalReferenceOperation target } && IsSame(target, reference))
            ? null
            : all.OfType<IVariableDeclaratorOperation>().FirstOrDefault(declarator => SymbolEqualityComparer.Default.Equals(declarator.Symbol, reference.Local))?.GetVariableInitializer()?.Value;
    }

    /// <summary>What a variable was declared with, where this is its only use; null elsewhere.</summary>
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
