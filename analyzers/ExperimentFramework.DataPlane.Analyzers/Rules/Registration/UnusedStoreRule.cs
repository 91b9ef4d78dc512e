using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Finds assignment stores in an executable whose experiments do not store assignments.</summary>
internal sealed class UnusedStoreRule : ICompilationRule
{
    /// <inheritdoc/>
    public DiagnosticDescriptor Descriptor => RegistrationDescriptors.UnusedStore;

    /// <inheritdoc/>
    public IEnumerable<Diagnostic> Check(CompilationFacts facts, CancellationToken cancellationToken)
    {
        var stores = facts.StorePlaces;
        var registrations = facts.Registrations;
        return stores.Count == 0
            || registrations.Count == 0
            || !facts.IsProgram
            || facts.UsesStoresDirectly
            || registrations.Any(registration => !registration.IsWithoutStore)
            || ReferencedAssemblies.MayUse(facts.Compilation, WellKnownNames.Builder)
            || ReferencedAssemblies.MayUse(facts.Compilation, KnownNames.Store)
                ? []
                : stores.Select(place => Diagnostic.Create(Descriptor, place));
    }
}
