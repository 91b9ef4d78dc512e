using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Finds captured parameters of registered interfaces that say personal data, where no rule redacts them and nobody says that they have been looked at.</summary>
internal sealed class PersonalDataRule : ICompilationRule
{
    /// <inheritdoc/>
    public DiagnosticDescriptor Descriptor => SubjectDescriptors.PersonalData;

    /// <inheritdoc/>
    public IEnumerable<Diagnostic> Check(CompilationFacts facts, CancellationToken cancellationToken)
    {
        if (facts.Redaction.MayCoverAnything)
        {
            return [];
        }

        var open = facts.Registrations
            .Select(registration => (Registration: registration, Tagged: facts.Tagged(registration.Service)))
            .Where(pair => pair.Tagged is not null)
            .SelectMany(pair => pair.Tagged!.ExposingMembers(facts.Compilation)
                .OfType<IMethodSymbol>()
                .SelectMany(method => method.Parameters)
                .Select(parameter => (Place: PlaceOf(parameter, pair.Registration, facts), Parameter: parameter, Meaning: Uncovered(parameter, facts.Redaction))))
            .Where(found => found.Meaning is not null)
            .ToList();
        return open.Count == 0 || facts.MayHaveOptionsElsewhere
            ? []
            : open.GroupBy(found => found.Place).Select(places => Diagnostic.Create(
                Descriptor,
                places.Key,
                string.Join("', '", places.Select(found => found.Parameter.Name).Distinct(StringComparer.Ordinal)),
                places.First().Parameter.ContainingSymbol.Name,
                places.First().Meaning));
    }

    /// <summary>What the parameter says, where it leaves as it is.</summary>
    private static string? Uncovered(IParameterSymbol parameter, RedactionFacts redaction) => UncoveredSubject(parameter, redaction) ?? UncoveredAttribute(parameter, redaction);

    /// <summary>A classification is a statement about a subject, but the option is what redacts it.</summary>
    private static string? UncoveredSubject(IParameterSymbol parameter, RedactionFacts redaction) =>
        SymbolName.Attribute(parameter, WellKnownNames.ExposureSubject) is null || redaction.CoversSubject ? null
        : PersonalData.Declared(parameter) switch
        {
            true => "personal data",
            false => null,
            null => PersonalDataHeuristic.Classify(parameter, null),
        };

    private static string? UncoveredAttribute(IParameterSymbol parameter, RedactionFacts redaction)
    {
        if (SymbolName.Attribute(parameter, WellKnownNames.ExposureAttribute) is not { } tag || PersonalData.Declared(parameter) is not null)
        {
            return null;
        }

        var name = tag.ConstructorArguments.FirstOrDefault().Value as string;
        return redaction.CoversField(name ?? parameter.Name) ? null : PersonalDataHeuristic.Classify(parameter, name);
    }

    /// <summary>The parameter or, where its source is not here, the registration.</summary>
    private static Location PlaceOf(IParameterSymbol parameter, Registration registration, CompilationFacts facts) =>
        parameter.Locations.FirstOrDefault() is { } place && facts.IsHere(place) ? place : registration.Location;
}
