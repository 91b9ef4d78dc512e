using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>A call that registers an experiment, or a method group that could be called.</summary>
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

    /// <summary>The interface: the type argument, which may be open.</summary>
    public ITypeSymbol Service { get; }

    /// <summary>Where the interface is named.</summary>
    public Location Location { get; }

    /// <summary>What the call adds to, the same for all calls that surely add to one; null where that cannot be known.</summary>
    public object? Builder { get; }

    /// <summary>Whether all that the registration says can be read.</summary>
    public bool IsReadable => _description is { IsComplete: true };

    /// <summary>What the trial itself says of semantics: the last <c>WithSemantics</c>.</summary>
    public IInvocationOperation? SemanticsCall => _description?.Calls("WithSemantics").LastOrDefault();

    /// <summary>What the trial itself says of its policy: the last <c>WithPolicy</c>.</summary>
    public IInvocationOperation? PolicyCall => _description?.Calls("WithPolicy").LastOrDefault();

    /// <summary>Whether it is a trial with variants of its own; else a service that chooses its variant itself.</summary>
    public bool IsTrial => _call is { TargetMethod.Name: WellKnownNames.TrialMethod };

    /// <summary>The calls that add variants.</summary>
    public IEnumerable<IInvocationOperation> Variants => _description is null ? [] : _description.Variants;

    /// <summary>The keys of all variants; null where they cannot be known.</summary>
    public IReadOnlyList<string>? VariantKeys
    {
        get
        {
            var keys = Variants.Select(variant => variant.TargetMethod.Name == "AddControl" ? UniqueVariantKeys.Control : TrialDescription.Constant(variant, "key")?.Value as string).ToList();
            return IsTrial && IsReadable && !keys.Contains(null) ? [.. keys.OfType<string>()] : null;
        }
    }

    /// <summary>Whether variants are surely selected by the subject alone.</summary>
    public bool SelectsBySubject => IsTrial && IsReadable && _description!.Selectors.All(selector => selector.TargetMethod.Name == TrialDescription.SubjectHash);

    /// <summary>Whether it surely keeps no assignment in a store.</summary>
    public bool IsWithoutStore => IsReadable
        && (PolicyCall is null || TrialDescription.Constant(PolicyCall, "policy") is { Value: >= KnownPolicies.BestEffort and < KnownPolicies.SubjectSticky });

    /// <summary>The registration that a name is part of; null where it is none.</summary>
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

    /// <summary>Whether it may register an interface: a type parameter stands for whatever its callers name.</summary>
    public bool MayBeOf(ITypeSymbol service) =>
        Service is ITypeParameterSymbol
        || (OpenGenericType.FindParameter(Service) is null
            ? SymbolEqualityComparer.Default.Equals(Service, service)
            : SymbolEqualityComparer.Default.Equals(Service.OriginalDefinition, service.OriginalDefinition));

    /// <summary>The experiment's name; null where it cannot be known.</summary>
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
            IParameterReferenceOperation reference => OnlyOne(reference.Parameter, receiver),
            ILocalReferenceOperation reference => OnlyOne(reference.Local, receiver),
            _ => receiver.Syntax,
        };
    }

    /// <summary>The variable, unless it is assigned again somewhere and may be another builder then.</summary>
    private static ISymbol? OnlyOne(ISymbol variable, IOperation reference)
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
