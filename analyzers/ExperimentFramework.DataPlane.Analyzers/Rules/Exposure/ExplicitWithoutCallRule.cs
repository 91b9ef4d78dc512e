using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Finds experiments of an executable with explicit semantics whose exposures are never logged. The users of a library may log them.</summary>
internal sealed class ExplicitWithoutCallRule : ICompilationRule
{
    /// <summary>The interfaces that record an exposure explicitly.</summary>
    private static readonly string[] Interfaces = [KnownNames.Logger, KnownNames.Experiments, KnownNames.ExposureRecorder];

    /// <inheritdoc/>
    public DiagnosticDescriptor Descriptor => ExposureDescriptors.ExplicitWithoutCall;

    /// <inheritdoc/>
    public IEnumerable<Diagnostic> Check(CompilationFacts facts, CancellationToken cancellationToken)
    {
        if (!facts.IsProgram)
        {
            return [];
        }

        var uses = facts.LoggingUses;
        var ofInterfaces = facts.Registrations
            .Select(registration => (Registration: registration, Tagged: facts.Tagged(registration.Service)))
            .Where(pair => pair.Tagged is not null
                && facts.SemanticsOf(pair.Registration.Description, pair.Tagged) == KnownSemantics.Explicit
                && !uses.Any(use => use.MayBeFor(pair.Registration.Service, pair.Registration.ExperimentName(pair.Tagged))))
            .Select(pair => (Place: PlaceOf(pair.Registration, pair.Tagged!, facts, cancellationToken), pair.Tagged!.Type.Name));
        var ofNames = facts.NamedExperiments
            .Where(experiment => facts.SemanticsOf(experiment.Description, null) == KnownSemantics.Explicit && !uses.Any(use => use.MayBeFor(experiment.Name)))
            .Select(experiment => (Place: PlaceOf(experiment.Description?.SemanticsCall) ?? experiment.Place, Name: experiment.Name ?? NamedExperiment.Call));
        var silent = ofInterfaces.Concat(ofNames).ToList();
        return silent.Count == 0 || MayBeLoggedElsewhere(facts.Compilation)
            ? []
            : silent.GroupBy(found => found.Place).Select(places => Diagnostic.Create(Descriptor, places.Key, places.First().Name));
    }

    /// <summary>Returns whether a referenced assembly may log exposures: through one of the interfaces, or as events that it publishes.</summary>
    private static bool MayBeLoggedElsewhere(Compilation compilation) =>
        Interfaces.Any(name => ReferencedAssemblies.MayUse(compilation, name))
        || (ReferencedAssemblies.MayUse(compilation, KnownNames.ExposureEvent) && ReferencedAssemblies.MayUse(compilation, KnownNames.Publisher));

    /// <summary>Returns where the semantics are set, or else where the experiment is registered.</summary>
    private static Location PlaceOf(Registration registration, TaggedInterface tagged, CompilationFacts facts, CancellationToken cancellationToken)
    {
        if (PlaceOf(registration.Description?.SemanticsCall) is { } place)
        {
            return place;
        }

        var setting = tagged.Semantics is null ? null : TaggedInterface.ArgumentLocation(tagged.Attribute, "Semantics", cancellationToken);
        return facts.IsInSource(setting) ? setting! : registration.Location;
    }

    private static Location? PlaceOf(IInvocationOperation? call) => call?.Arguments[0].Value.Syntax.GetLocation();
}
