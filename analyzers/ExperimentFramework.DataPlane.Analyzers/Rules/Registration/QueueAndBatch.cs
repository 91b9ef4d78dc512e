using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>A batch that is larger than its queue, where both are set beside each other.</summary>
internal static class QueueAndBatch
{
    /// <summary>The batch size and the range that it is outside of; null where it is inside, or the queue's size cannot be known.</summary>
    public static (string Value, string Range)? Fault(ISimpleAssignmentOperation assignment, IPropertySymbol property)
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

    /// <summary>What is set for sure where the assignment is: in its object initializer, or in its list of statements.</summary>
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
