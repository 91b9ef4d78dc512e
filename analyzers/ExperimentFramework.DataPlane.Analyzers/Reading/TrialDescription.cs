using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>The calls on the builder inside the lambda of a registration.</summary>
internal sealed class TrialDescription
{
    /// <summary>The selector that splits by subject, which is also the default.</summary>
    public const string SubjectHash = "UsingSubjectHash";

    private readonly ImmutableArray<IInvocationOperation> _calls;

    private TrialDescription(ImmutableArray<IInvocationOperation> calls, bool isComplete)
    {
        _calls = calls;
        IsComplete = isComplete;
    }

    /// <summary>Whether nothing else than these calls can add to the trial: the builder goes nowhere, and each call is made once.</summary>
    public bool IsComplete { get; }

    /// <summary>The description in a registration's lambda; null where it stands elsewhere.</summary>
    public static TrialDescription? Of(IInvocationOperation registration)
    {
        var lambda = registration.Arguments
            .Select(argument => argument.Value is IDelegateCreationOperation { Target: IAnonymousFunctionOperation function } ? function : null)
            .FirstOrDefault(function => function is not null);
        if (lambda is null || lambda.Symbol.Parameters.Length != 1)
        {
            return null;
        }

        var builder = lambda.Symbol.Parameters[0];
        var calls = lambda.Body.Descendants().OfType<IInvocationOperation>().Where(call => IsOn(call, builder)).ToImmutableArray();
        var uses = lambda.Body.Descendants().OfType<IParameterReferenceOperation>().Count(reference => SymbolEqualityComparer.Default.Equals(reference.Parameter, builder));
        var chains = calls.Count(call => call.Instance is IParameterReferenceOperation);
        var branches = lambda.Body.Descendants().Any(operation => operation is IConditionalOperation or ILoopOperation or ISwitchOperation or ISwitchExpressionOperation or ITryOperation or IAnonymousFunctionOperation or ILocalFunctionOperation);
        return branches
            ? new TrialDescription([], isComplete: false)
            : new TrialDescription(calls, isComplete: uses == chains && calls.All(call => IsUsedUp(call, calls)));
    }

    /// <summary>The calls that add variants: control's, and then the others.</summary>
    public IEnumerable<IInvocationOperation> Variants => Calls("AddControl").Concat(Calls("AddVariant"));

    /// <summary>The calls that name a selector.</summary>
    public IEnumerable<IInvocationOperation> Selectors => _calls.Where(call => call.TargetMethod.Name.StartsWith("Using", StringComparison.Ordinal));

    /// <summary>The calls of a method, in the order of the source.</summary>
    public IEnumerable<IInvocationOperation> Calls(string method) =>
        _calls.Where(call => call.TargetMethod.Name == method).OrderBy(call => NameLocation(call).SourceSpan.Start);

    /// <summary>The constant that a parameter is given, with its place; null where it is not one.</summary>
    public static (object Value, Location Place)? Constant(IInvocationOperation call, string parameter)
    {
        var argument = call.Arguments.FirstOrDefault(candidate => candidate.Parameter?.Name == parameter);
        return argument?.Value.ConstantValue is { HasValue: true, Value: { } value } ? (value, argument.Value.Syntax.GetLocation()) : null;
    }

    /// <summary>Where the method's name stands.</summary>
    public static Location NameLocation(IInvocationOperation call) =>
        (call.Syntax is InvocationExpressionSyntax invocation && MethodName.Of(invocation) is { } name ? name : call.Syntax).GetLocation();

    private static bool IsOn(IInvocationOperation call, IParameterSymbol builder) => call.Instance switch
    {
        IParameterReferenceOperation reference => SymbolEqualityComparer.Default.Equals(reference.Parameter, builder),
        IInvocationOperation inner => IsBuilder(inner.Type, builder) && IsOn(inner, builder),
        _ => false,
    };

    /// <summary>Whether a call's result is only called on or thrown away: whoever else gets the builder may add to it.</summary>
    private static bool IsUsedUp(IInvocationOperation call, ImmutableArray<IInvocationOperation> calls) => call.Parent switch
    {
        IInvocationOperation outer => calls.Contains(outer),
        IExpressionStatementOperation => true,
        ISimpleAssignmentOperation { Target: IDiscardOperation } => true,
        _ => false,
    };

    private static bool IsBuilder(ITypeSymbol? type, IParameterSymbol builder) => SymbolEqualityComparer.Default.Equals(type, builder.Type);
}
