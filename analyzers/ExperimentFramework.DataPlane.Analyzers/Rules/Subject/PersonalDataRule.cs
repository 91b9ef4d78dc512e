using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>
/// Finds captured parameters of registered interfaces that appear to contain personal data and are neither redacted nor marked as reviewed. The users of a
/// library may redact them.
/// </summary>
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

        var uncovered = facts.Registrations
            .Select(registration => (Registration: registration, Tagged: facts.Tagged(registration.Service)))
            .Where(pair => pair.Tagged is not null)
            .SelectMany(pair => pair.Tagged!.ExposingMembers(facts.Compilation)
                .OfType<IMethodSymbol>()
                .SelectMany(method => method.Parameters)
                .Select(parameter => (Place: PlaceOf(parameter, pair.Registration, facts), Parameter: parameter, Meaning: Uncovered(parameter, facts.Redaction))))
            .Where(found => found.Meaning is not null)
            .ToList();
        return uncovered.Count == 0 || facts.PassesOptionsOn
            ? []
            : uncovered.GroupBy(found => found.Place).Select(places => Diagnostic.Create(
                Descriptor,
                places.Key,
                facts.IsProgram ? Descriptor.DefaultSeverity : DiagnosticSeverity.Info,
                additionalLocations: null,
                properties: null,
                string.Join("', '", places.Select(found => found.Parameter.Name).Distinct(StringComparer.Ordinal)),
                places.First().Parameter.ContainingSymbol.Name,
                places.First().Meaning));
    }

    /// <summary>Describes the personal data that a parameter appears to contain; null if there is none, or if it is redacted or reviewed.</summary>
    private static string? Uncovered(IParameterSymbol parameter, RedactionFacts redaction) => UncoveredSubject(parameter, redaction) ?? UncoveredAttribute(parameter, redaction);

    /// <summary>A classification declares a subject personal, but only the option redacts it.</summary>
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

    /// <summary>Returns the location of the parameter, or of the registration if the parameter is not in source.</summary>
    private static Location PlaceOf(IParameterSymbol parameter, Registration registration, CompilationFacts facts) =>
        parameter.Locations.FirstOrDefault() is { } place && facts.IsInSource(place) ? place : registration.Location;
}
