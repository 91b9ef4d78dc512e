using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>
/// Finds experiment names that two interfaces or two registrations use. The interfaces of a library may be registered under other names, or in different
/// applications.
/// </summary>
internal sealed class ExperimentClaimRule : ICompilationRule
{
    /// <inheritdoc/>
    public DiagnosticDescriptor Descriptor => ExposureDescriptors.ExperimentClaimedTwice;

    /// <inheritdoc/>
    public IEnumerable<Diagnostic> Check(CompilationFacts facts, CancellationToken cancellationToken)
    {
        var registrations = facts.Registrations;
        var ofAttributes = (facts.IsProgram ? facts.Interfaces : [])
            .Where(tagged => tagged.ExperimentName is not null && !IsRenamed(tagged, registrations))
            .Select(tagged => new Claim(tagged.ExperimentName!, tagged.Type, PlaceOf(tagged, cancellationToken)))
            .GroupBy(claim => claim.Name, StringComparer.Ordinal)
            .SelectMany(Conflicts)
            .ToList();

        // Registrations conflict only on the same builder. Interfaces whose attributes conflict have been reported already.
        var reported = new HashSet<ISymbol?>(ofAttributes.SelectMany(conflict => new[] { conflict.First.Service, conflict.Second.Service }), SymbolEqualityComparer.Default);
        var ofInterfaces = registrations
            .Select(registration => (registration.Builder, Claim: ClaimOf(registration, facts)))
            .Where(pair => pair.Claim is { } claim && !reported.Contains(claim.Service!.OriginalDefinition));
        var ofNames = facts.NamedExperiments
            .Select(experiment => (experiment.Builder, Claim: experiment.Name is { } name ? new Claim(name, null, experiment.Place) : null));
        var ofRegistrations = SourceOrder.Of(ofInterfaces.Concat(ofNames).Where(pair => pair is { Builder: not null, Claim: not null }), pair => pair.Claim!.Place)
            .GroupBy(pair => (pair.Builder, pair.Claim!.Name))
            .SelectMany(group => Conflicts(group.Select(pair => pair.Claim!)));

        return ofAttributes.Concat(ofRegistrations).Select(conflict => Diagnostic.Create(
            Descriptor, conflict.Second.Place, conflict.Second.Title, Holder(conflict), conflict.First.Name));
    }

    /// <summary>Returns whether every registration of an interface gives the experiment another name.</summary>
    private static bool IsRenamed(TaggedInterface tagged, IReadOnlyList<Registration> registrations)
    {
        var own = registrations.Where(registration => SymbolEqualityComparer.Default.Equals(registration.Service.OriginalDefinition, tagged.Type)).ToList();
        return own.Count > 0 && own.All(registration => registration.ExperimentName(tagged) != tagged.ExperimentName);
    }

    private static Claim? ClaimOf(Registration registration, CompilationFacts facts) =>
        OpenGenericType.FindParameter(registration.Service) is null
        && facts.Tagged(registration.Service) is { } tagged
        && registration.ExperimentName(tagged) is { } name
            ? new Claim(name, tagged.Type, registration.Location)
            : null;

    private static IEnumerable<(Claim First, Claim Second)> Conflicts(IEnumerable<Claim> claims) =>
        claims.Skip(1).Select(claim => (claims.First(), claim));

    /// <summary>Describes what already uses the name.</summary>
    private static string Holder((Claim First, Claim Second) conflict) =>
        conflict.First.Service is null && conflict.Second.Service is null ? $"an earlier {NamedExperiment.Call}"
        : SymbolEqualityComparer.Default.Equals(conflict.First.Service, conflict.Second.Service)
            ? "an earlier registration of it"
            : $"'{conflict.First.Title}'";

    private static Location PlaceOf(TaggedInterface tagged, CancellationToken cancellationToken) =>
        tagged.Attribute.ConstructorArguments.FirstOrDefault().Value is string
            ? TaggedInterface.ArgumentLocation(tagged.Attribute, null, cancellationToken)
            : tagged.Location(cancellationToken);

    private sealed class Claim(string name, INamedTypeSymbol? service, Location place)
    {
        public string Name { get; } = name;

        /// <summary>Gets the interface; null for an experiment without one.</summary>
        public INamedTypeSymbol? Service { get; } = service;

        public Location Place { get; } = place;

        /// <summary>Gets what messages call the claimant.</summary>
        public string Title => Service?.ToDisplayString() ?? NamedExperiment.Call;
    }
}
