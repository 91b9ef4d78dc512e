using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Finds the builder that a registration adds to, which is equal for all calls that certainly add to the same builder.</summary>
internal static class ReceivingBuilder
{
    /// <summary>Returns the builder: a symbol or a syntax node; null if unknown, or if the call may not be made.</summary>
    public static object? Of(IInvocationOperation call)
    {
        if (ControlFlow.IsConditional(call.Syntax))
        {
            return null;
        }

        IOperation receiver = call;
        while (receiver is IInvocationOperation invocation
            && (invocation.Instance ?? (invocation.TargetMethod.IsExtensionMethod ? invocation.Arguments[0].Value : null)) is { } inner)
        {
            receiver = inner is IConversionOperation { IsImplicit: true } conversion ? conversion.Operand : inner;
        }

        return receiver switch
        {
            IParameterReferenceOperation reference => UnlessReassigned(reference.Parameter, receiver),
            ILocalReferenceOperation reference => UnlessReassigned(reference.Local, receiver),
            _ => receiver.Syntax,
        };
    }

    /// <summary>Returns the variable, or null if it is assigned again and so may hold another builder.</summary>
    private static ISymbol? UnlessReassigned(ISymbol variable, IOperation reference)
    {
        var root = reference;
        while (root.Parent is { } parent)
        {
            root = parent;
        }

        return root.Descendants().Any(operation => operation switch
        {
            IAssignmentOperation { Target: ILocalReferenceOperation target } => SymbolEqualityComparer.Default.Equals(target.Local, variable),
            IAssignmentOperation { Target: IParameterReferenceOperation target } => SymbolEqualityComparer.Default.Equals(target.Parameter, variable),
            _ => false,
        })
            ? null
            : variable;
    }
}
