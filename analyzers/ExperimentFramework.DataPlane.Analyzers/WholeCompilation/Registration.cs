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
        if (call is not null && !Branch.Holds(call.Syntax))
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

    /// <summary>What the trial itself says of semantics: the last <c>WithSemantics</c>.</summary>
    public IInvocationOperation? SemanticsCall => _description?.Calls("WithSemantics").LastOrDefault();

    /// <summary>Whether a method registers the experiment that its type argument names.</summary>
    public static bool IsBy(IMethodSymbol method) =>
        method.TypeArguments.Length == 1
        && ((method.Name == WellKnownNames.TrialMethod && SymbolName.Is(method.ContainingType, WellKnownNames.Builder))
            || (method.Name == WellKnownNames.LoggingMethod && SymbolName.Is(method.ContainingType, WellKnownNames.LoggingExtensions)));

    /// <summary>Where a registering call names its interface: the type argument or, where that is inferred, the method's name.</summary>
    public static Location PlaceOf(SimpleNameSyntax method) =>
        (method is GenericNameSyntax generic ? (SyntaxNode)generic.TypeArgumentList.Arguments[0] : method).GetLocation();

    /// <summary>The registration that a name is part of; null where it is none.</summary>
    public static Registration? Of(SimpleNameSyntax name, SemanticModel model, CancellationToken cancellationToken)
    {
        var found = model.GetSymbolInfo(name, cancellationToken);
        if ((found.Symbol ?? found.CandidateSymbols.FirstOrDefault()) is not IMethodSymbol method || !IsBy(method))
        {
            return null;
        }

        var call = MethodName.Invocation(name) is { } invocation ? model.GetOperation(invocation, cancellationToken) as IInvocationOperation : null;
        return new Registration((call?.TargetMethod ?? method).TypeArguments[0], PlaceOf(name), call);
    }

    /// <summary>Whether it may register an interface: a type parameter stands for whatever its callers name.</summary>
    public bool MayBeOf(ITypeSymbol service) =>
        Service is ITypeParameterSymbol
        || (OpenType.ParameterIn(Service) is null
            ? SymbolEqualityComparer.Default.Equals(Service, service)
            : SymbolEqualityComparer.Default.Equals(Service.OriginalDefinition, service.OriginalDefinition));

    /// <summary>The experiment's name; null where it cannot be known.</summary>
    public string? ExperimentName(TaggedInterface tagged) => _call switch
    {
        null => null,
        { TargetMethod.Name: WellKnownNames.TrialMethod } when _call.TargetMethod.Parameters.Length == 1 => tagged.ExperimentName,
        { TargetMethod.Name: WellKnownNames.TrialMethod } => TrialDescription.Constant(_call, "name")?.Value as string,
        _ when _description is not { IsComplete: true } => null,
        _ => _description.Calls("Named").LastOrDefault() is { } named ? TrialDescription.Constant(named, "experimentName")?.Value as string : tagged.ExperimentName,
    };

    /// <summary>The semantics in force: the trial's, the attribute's or the options'; null where they cannot be known.</summary>
    public int? Semantics(TaggedInterface tagged, CompilationFacts facts) =>
        _description is not { IsComplete: true } ? null
        : SemanticsCall is { } call ? TrialDescription.Constant(call, "semantics")?.Value as int?
        : tagged.Semantics ?? facts.OptionSemantics;

    private static object BuilderOf(IInvocationOperation call)
    {
        IOperation receiver = call;
        while (receiver is IInvocationOperation invocation
            && (invocation.Instance ?? (invocation.TargetMethod.IsExtensionMethod ? invocation.Arguments[0].Value : null)) is { } inner)
        {
            receiver = inner is IConversionOperation { IsImplicit: true } conversion ? conversion.Operand : inner;
        }

        return receiver switch
        {
            IParameterReferenceOperation reference => reference.Parameter,
            ILocalReferenceOperation reference => reference.Local,
            _ => receiver.Syntax,
        };
    }
}
