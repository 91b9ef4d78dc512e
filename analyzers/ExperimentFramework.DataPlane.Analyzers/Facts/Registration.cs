using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>A call that registers an experiment, or a method group that may be called.</summary>
internal sealed class Registration
{
    private readonly IInvocationOperation? _call;
    private readonly TrialDescription? _description;

    private Registration(ITypeSymbol service, Location location, IInvocationOperation? call)
    {
        Service = service;
        Location = location;
        _call = call;
        _description = call is null ? null : TrialDescription.Of(call);
        if (call is not null && !ControlFlow.IsConditional(call.Syntax))
        {
            Builder = BuilderOf(call);
        }
    }

    /// <summary>Gets the interface: the type argument, which may be open.</summary>
    public ITypeSymbol Service { get; }

    /// <summary>Gets where the interface is named.</summary>
    public Location Location { get; }

    /// <summary>Gets the builder that the call adds to, which is equal for all calls that certainly add to the same builder; null if unknown.</summary>
    public object? Builder { get; }

    /// <summary>Gets whether the whole registration can be analyzed.</summary>
    public bool IsReadable => _description is { IsComplete: true };

    /// <summary>Gets the last <c>WithSemantics</c> call of the trial; null if there is none.</summary>
    public IInvocationOperation? SemanticsCall => _description?.Calls("WithSemantics").LastOrDefault();

    /// <summary>Gets the last <c>WithPolicy</c> call of the trial; null if there is none.</summary>
    public IInvocationOperation? PolicyCall => _description?.Calls("WithPolicy").LastOrDefault();

    /// <summary>Gets whether the registration is a trial with variants; otherwise it is a service that selects its own variant.</summary>
    public bool IsTrial => _call is { TargetMethod.Name: WellKnownNames.TrialMethod };

    /// <summary>Gets the calls that add variants.</summary>
    public IEnumerable<IInvocationOperation> Variants => _description is null ? [] : _description.Variants;

    /// <summary>Gets the keys of all variants; null if unknown.</summary>
    public IReadOnlyList<string>? VariantKeys
    {
        get
        {
            var keys = Variants.Select(variant => variant.TargetMethod.Name == "AddControl" ? UniqueVariantKeys.Control : TrialDescription.Constant(variant, "key")?.Value as string).ToList();
            return IsTrial && IsReadable && !keys.Contains(null) ? [.. keys.OfType<string>()] : null;
        }
    }

    /// <summary>Gets whether variants are certainly selected by subject alone.</summary>
    public bool SelectsBySubject => IsTrial && IsReadable && _description!.Selectors.All(selector => selector.TargetMethod.Name == TrialDescription.SubjectHash);

    /// <summary>Gets whether the experiment certainly stores no assignments.</summary>
    public bool IsWithoutStore => IsReadable
        && (PolicyCall is null || TrialDescription.Constant(PolicyCall, "policy") is { Value: >= KnownPolicies.BestEffort and < KnownPolicies.SubjectSticky });

    /// <summary>Returns the registration that a name is part of; null if there is none.</summary>
    public static Registration? Of(SimpleNameSyntax name, SemanticModel model, CancellationToken cancellationToken)
    {
        var found = model.GetSymbolInfo(name, cancellationToken);
        if ((found.Symbol ?? found.CandidateSymbols.FirstOrDefault()) is not IMethodSymbol method || !RegistrationCall.IsTo(method))
        {
            return null;
        }

        var call = MethodName.Invocation(name) is { } invocation ? model.GetOperation(invocation, cancellationToken) as IInvocationOperation : null;
        return new Registration((call?.TargetMethod ?? method).TypeArguments[0], RegistrationCall.PlaceOf(name), call);
    }

    /// <summary>Returns whether the call may register an interface: a type parameter can be any type that callers choose.</summary>
    public bool MayBeOf(ITypeSymbol service) =>
        Service is ITypeParameterSymbol
        || (OpenGenericType.FindParameter(Service) is null
            ? SymbolEqualityComparer.Default.Equals(Service, service)
            : SymbolEqualityComparer.Default.Equals(Service.OriginalDefinition, service.OriginalDefinition));

    /// <summary>Returns the experiment's name; null if unknown.</summary>
    public string? ExperimentName(TaggedInterface tagged) => _call switch
    {
        null => null,
        { TargetMethod.Name: WellKnownNames.TrialMethod } when _call.TargetMethod.Parameters.Length == 1 => tagged.ExperimentName,
        { TargetMethod.Name: WellKnownNames.TrialMethod } => TrialDescription.Constant(_call, "name")?.Value as string,
        _ when !IsReadable => null,
        _ => _description!.Calls("Named").LastOrDefault() is { } named ? TrialDescription.Constant(named, "experimentName")?.Value as string : tagged.ExperimentName,
    };

    private static object? BuilderOf(IInvocationOperation call)
    {
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
