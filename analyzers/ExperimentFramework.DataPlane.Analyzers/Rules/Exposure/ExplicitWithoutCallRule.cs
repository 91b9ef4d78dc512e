using Microsoft.CodeAnalysis;

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

        var silent = facts.Registrations
            .Select(registration => (Registration: registration, Tagged: facts.Tagged(registration.Service)))
            .Where(pair => pair.Tagged is not null
                && facts.SemanticsOf(pair.Registration, pair.Tagged) == KnownSemantics.Explicit
                && !facts.LoggingUses.Any(use => use.MayBeFor(pair.Registration.Service, pair.Registration.ExperimentName(pair.Tagged))))
            .ToList();
        return silent.Count == 0 || MayBeLoggedElsewhere(facts.Compilation)
            ? []
            : silent
                .Select(pair => (Place: PlaceOf(pair.Registration, pair.Tagged!, facts, cancellationToken), pair.Tagged))
                .GroupBy(found => found.Place)
                .Select(places => Diagnostic.Create(Descriptor, places.Key, places.First().Tagged!.Type.Name));
    }

    /// <summary>Returns whether a referenced assembly may log exposures: through one of the interfaces, or as events that it publishes.</summary>
    private static bool MayBeLoggedElsewhere(Compilation compilation) =>
        Interfaces.Any(name => ReferencedAssemblies.MayUse(compilation, name))
        || (ReferencedAssemblies.MayUse(compilation, KnownNames.ExposureEvent) && ReferencedAssemblies.MayUse(compilation, KnownNames.Publisher));

    /// <summary>Returns where the semantics are set, or else where the experiment is registered.</summary>
    private static Location PlaceOf(Registration registration, TaggedInterface tagged, CompilationFacts facts, CancellationToken cancellationToken)
    {
        if (registration.SemanticsCall is { } call)
        {
            return call.Arguments[0].Value.Syntax.GetLocation();
        }

        var setting = tagged.Semantics is null ? null : TaggedInterface.ArgumentLocation(tagged.Attribute, "Semantics", cancellationToken);
        return facts.IsInSource(setting) ? setting! : registration.Location;
    }
}
