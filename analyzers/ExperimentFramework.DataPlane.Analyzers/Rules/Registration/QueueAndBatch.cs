using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Finds a batch size that is larger than the queue size set next to it.</summary>
internal static class QueueAndBatch
{
    /// <summary>Returns the batch size and its allowed range if it is outside; null if it is inside, or if the queue size is unknown.</summary>
    public static (string Value, string Range)? Validate(ISimpleAssignmentOperation assignment, IPropertySymbol property)
    {
        if (property.Name != "BatchSize" || assignment.Value.ConstantValue is not { HasValue: true, Value: int batch })
        {
            return null;
        }

        var sizes = Siblings(assignment)
            .OfType<ISimpleAssignmentOperation>()
            .Where(sibling => sibling.Target is IPropertyReferenceOperation { Property: { Name: "MaxQueueSize" } size }
                && SymbolEqualityComparer.Default.Equals(size.ContainingType, property.ContainingType))
            .ToList();
        return sizes.Count == 1 && IsSameReceiver(sizes[0], assignment) && sizes[0].Value.ConstantValue is { HasValue: true, Value: int queue } && batch > queue
            ? (batch.ToString(CultureInfo.InvariantCulture), OptionRanges.BatchSize(queue).ToString())
            : null;
    }

    /// <summary>Returns the operations that always run together with the assignment: those in its object initializer or statement list.</summary>
    private static IEnumerable<IOperation> Siblings(IOperation assignment) => assignment.Parent switch
    {
        IObjectOrCollectionInitializerOperation initializer => initializer.Initializers,
        IExpressionStatementOperation { Parent: IBlockOperation block } =>
            block.Operations.OfType<IExpressionStatementOperation>().Select(statement => statement.Operation),
        _ => [],
    };

    private static bool IsSameReceiver(ISimpleAssignmentOperation one, ISimpleAssignmentOperation other) =>
        (((IPropertyReferenceOperation)one.Target).Instance, ((IPropertyReferenceOperation)other.Target).Instance) switch
        {
            (IParameterReferenceOperation first, IParameterReferenceOperation second) => SymbolEqualityComparer.Default.Equals(first.Parameter, second.Parameter),
            (ILocalReferenceOperation first, ILocalReferenceOperation second) => SymbolEqualityComparer.Default.Equals(first.Local, second.Local),
            (IInstanceReferenceOperation, IInstanceReferenceOperation) => true,
            _ => false,
        };
}
