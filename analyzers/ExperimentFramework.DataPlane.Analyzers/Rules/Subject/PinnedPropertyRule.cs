using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Finds properties next to methods with a subject parameter: the properties stay on the variant of another subject, or of no subject.</summary>
internal sealed class PinnedPropertyRule : ICompilationRule
{
    /// <inheritdoc/>
    public DiagnosticDescriptor Descriptor => SubjectDescriptors.PinnedProperty;

    /// <inheritdoc/>
    public IEnumerable<Diagnostic> Check(CompilationFacts facts, CancellationToken cancellationToken)
    {
        var pinned = facts.Registrations
            .Where(registration => registration.SelectsBySubject && registration.VariantKeys?.Count > 1)
            .Select(registration => (Registration: registration, Tagged: facts.Tagged(registration.Service)))
            .Where(pair => pair.Tagged is not null)
            .SelectMany(pair => PropertiesOf(pair.Tagged!, facts.Compilation).Select(property => (pair.Registration, pair.Tagged, Property: property)))
            .ToList();
        return pinned.Count == 0
            ? []
            : pinned
                .Where(found => TaggedInterface.HasSubject(found.Property) || !facts.MayHaveSubjectProvider)
                .GroupBy(found => facts.IsInSource(found.Property.Locations[0]) ? found.Property.Locations[0] : found.Registration.Location)
                .Select(places => Diagnostic.Create(
                    Descriptor,
                    places.Key,
                    string.Join("', '", places.Select(found => found.Property.IsIndexer ? "this[]" : found.Property.Name).Distinct(StringComparer.Ordinal)),
                    places.First().Tagged!.Type.Name,
                    TaggedInterface.HasSubject(places.First().Property) ? "one variant for all subjects of a proxy" : "control, because nothing identifies its subject"));
    }

    /// <summary>
    /// Returns the properties that are not marked as reviewed, if an exposing method has a subject parameter. An exposing property without a subject is
    /// reported by <see cref="UnknownSubjectRule"/>.
    /// </summary>
    private static IEnumerable<IPropertySymbol> PropertiesOf(TaggedInterface tagged, Compilation compilation)
    {
        var exposing = tagged.ExposingMembers(compilation).ToList();
        return exposing.Any(member => member is IMethodSymbol && TaggedInterface.HasSubject(member))
            ? new InterfaceSlots(tagged.Type.OriginalDefinition, compilation).Slots.OfType<IPropertySymbol>()
                .Where(property => SymbolName.Attribute(property, WellKnownNames.NotExposed) is null
                    && (TaggedInterface.HasSubject(property) || !exposing.Contains(property, SymbolEqualityComparer.Default)))
            : [];
    }
}
