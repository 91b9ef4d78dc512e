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
        var experiments = facts.Descriptions;
        return stores.Count == 0
            || experiments.Count == 0
            || !facts.IsProgram
            || facts.UsesStoresDirectly
            || experiments.Any(experiment => experiment is not { IsWithoutStore: true })
            || ReferencedAssemblies.MayUse(facts.Compilation, WellKnownNames.Builder)
            || ReferencedAssemblies.MayUse(facts.Compilation, KnownNames.Store)
                ? []
                : stores.Select(place => Diagnostic.Create(Descriptor, place));
    }
}
