using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>A call that registers an experiment, or a method group that may be called.</summary>
internal sealed class Registration
{
    private readonly IInvocationOperation? _call;

    private Registration(ITypeSymbol service, Location location, IInvocationOperation? call)
    {
        Service = service;
        Location = location;
        _call = call;
        Description = call is null ? null : TrialDescription.Of(call);
        Builder = call is null ? null : ReceivingBuilder.Of(call);
    }

    /// <summary>Gets the interface: the type argument, which may be open.</summary>
    public ITypeSymbol Service { get; }

    /// <summary>Gets where the interface is named.</summary>
    public Location Location { get; }

    /// <summary>Gets the builder that the call adds to, which is equal for all calls that certainly add to the same builder; null if unknown.</summary>
    public object? Builder { get; }

    /// <summary>Gets what the lambda of the call describes; null if there is no lambda.</summary>
    public TrialDescription? Description { get; }

    /// <summary>Gets whether the whole registration can be analyzed.</summary>
    public bool IsReadable => Description is { IsComplete: true };

    /// <summary>Gets whether the registration is a trial with variants; otherwise it is a service that selects its own variant.</summary>
    public bool IsTrial => _call is { TargetMethod.Name: WellKnownNames.TrialMethod };

    /// <summary>Gets the calls that add variants.</summary>
    public IEnumerable<IInvocationOperation> Variants => Description is null ? [] : Description.Variants;

    /// <summary>Gets the keys of all variants; null if unknown.</summary>
    public IReadOnlyList<string>? VariantKeys => IsTrial ? Description?.VariantKeys : null;

    /// <summary>Gets whether variants are certainly selected by subject alone.</summary>
    public bool SelectsBySubject => IsTrial && IsReadable && Description!.Selectors.All(selector => selector.TargetMethod.Name == TrialDescription.SubjectHash);

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
        _ => Description!.Calls("Named").LastOrDefault() is { } named ? TrialDescription.Constant(named, "experimentName")?.Value as string : tagged.ExperimentName,
    };
}
