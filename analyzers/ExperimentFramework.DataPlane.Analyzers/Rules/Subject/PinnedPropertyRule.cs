using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Finds properties beside methods that name their subject: they stay on the variant of another subject, or of none.</summary>
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
                .GroupBy(found => facts.IsHere(found.Property.Locations[0]) ? found.Property.Locations[0] : found.Registration.Location)
                .Select(places => Diagnostic.Create(
                    Descriptor,
                    places.Key,
                    string.Join("', '", places.Select(found => found.Property.IsIndexer ? "this[]" : found.Property.Name).Distinct(StringComparer.Ordinal)),
                    places.First().Tagged!.Type.Name,
                    TaggedInterface.HasSubject(places.First().Property) ? "one variant for all subjects of a proxy" : "control, because nothing names its subject"));
    }

    /// <summary>
    /// The properties that nobody has looked at, where all exposing methods name their subject. One that exposes without a subject is
    /// what <see cref="UnknownSubjectRule"/> finds.
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
