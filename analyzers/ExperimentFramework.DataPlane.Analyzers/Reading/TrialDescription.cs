using System.Collections.Immutable;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>The builder calls inside the lambda of a registration, of an experiment with or without an interface.</summary>
internal sealed class TrialDescription
{
    /// <summary>The name of the selector that splits by subject, which is also the default.</summary>
    public const string SubjectHash = "UsingSubjectHash";

    private readonly ImmutableArray<IInvocationOperation> _calls;

    private TrialDescription(ImmutableArray<IInvocationOperation> calls, bool isComplete)
    {
        _calls = calls;
        IsComplete = isComplete;
    }

    /// <summary>Gets whether only these calls can add to the trial: the builder is not passed on, and each call runs exactly once.</summary>
    public bool IsComplete { get; }

    /// <summary>Returns the description in a registration's lambda; null if it is not in a lambda.</summary>
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

    /// <summary>Gets the calls that add variants, control first.</summary>
    public IEnumerable<IInvocationOperation> Variants => Calls("AddControl").Concat(Calls("AddVariant"));

    /// <summary>Gets the keys of all variants; null if unknown.</summary>
    public IReadOnlyList<string>? VariantKeys
    {
        get
        {
            var keys = Variants.Select(variant => KeyOf(variant)?.Value).ToList();
            return IsComplete && !keys.Contains(null) ? [.. keys.OfType<string>()] : null;
        }
    }

    /// <summary>Gets the calls that choose a selector.</summary>
    public IEnumerable<IInvocationOperation> Selectors => _calls.Where(call => call.TargetMethod.Name.StartsWith("Using", StringComparison.Ordinal));

    /// <summary>Gets the last call that sets the policy; null if there is none.</summary>
    public IInvocationOperation? PolicyCall => Calls("WithPolicy").LastOrDefault();

    /// <summary>Gets the last call that sets the semantics; null if there is none.</summary>
    public IInvocationOperation? SemanticsCall => Calls("WithSemantics").LastOrDefault();

    /// <summary>Gets whether the experiment certainly stores no assignments.</summary>
    public bool IsWithoutStore => IsComplete
        && (PolicyCall is null || Constant(PolicyCall, "policy") is { Value: >= KnownPolicies.BestEffort and < KnownPolicies.SubjectSticky });

    /// <summary>Returns the calls to a method, in source order.</summary>
    public IEnumerable<IInvocationOperation> Calls(string method) =>
        _calls.Where(call => call.TargetMethod.Name == method).OrderBy(call => NameLocation(call).SourceSpan.Start);

    /// <summary>Returns the constant argument of a parameter, with its location; null if the argument is not a constant.</summary>
    public static (object Value, Location Place)? Constant(IInvocationOperation call, string parameter)
    {
        var argument = call.Arguments.FirstOrDefault(candidate => candidate.Parameter?.Name == parameter);
        return argument?.Value.ConstantValue is { HasValue: true, Value: { } value } ? (value, argument.Value.Syntax.GetLocation()) : null;
    }

    /// <summary>Returns the key of a variant that a call adds, with its location; null if it is not a constant. The control of an interface has a fixed key.</summary>
    public static (string Value, Location Place)? KeyOf(IInvocationOperation variant) =>
        variant.TargetMethod.IsGenericMethod && variant.TargetMethod.Name == "AddControl" ? (UniqueVariantKeys.Control, NameLocation(variant))
        : Constant(variant, "key") is (string key, { } place) ? (key, place)
        : null;

    /// <summary>Returns the location of the method's name.</summary>
    public static Location NameLocation(IInvocationOperation call) =>
        (call.Syntax is InvocationExpressionSyntax invocation && MethodName.Of(invocation) is { } name ? name : call.Syntax).GetLocation();

    private static bool IsOn(IInvocationOperation call, IParameterSymbol builder) => call.Instance switch
    {
        IParameterReferenceOperation reference => SymbolEqualityComparer.Default.Equals(reference.Parameter, builder),
        IInvocationOperation inner => IsBuilder(inner.Type, builder) && IsOn(inner, builder),
        _ => false,
    };

    /// <summary>Returns whether a call's result is only chained or discarded. Any other code that gets the builder may add to the trial.</summary>
    private static bool IsUsedUp(IInvocationOperation call, ImmutableArray<IInvocationOperation> calls) => call.Parent switch
    {
        IInvocationOperation outer => calls.Contains(outer),
        IExpressionStatementOperation => true,
        ISimpleAssignmentOperation { Target: IDiscardOperation } => true,
        _ => false,
    };

    private static bool IsBuilder(ITypeSymbol? type, IParameterSymbol builder) =>
        SymbolEqualityComparer.Default.Equals(type, builder.Type) || SymbolName.Is(type, KnownNames.VariantBuilder);
}
