using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Finds durable outboxes in an executable that has no destination with a queue.</summary>
internal sealed class UnusedOutboxRule : ICompilationRule
{
    /// <inheritdoc/>
    public DiagnosticDescriptor Descriptor => RegistrationDescriptors.UnusedOutbox;

    /// <inheritdoc/>
    public IEnumerable<Diagnostic> Check(CompilationFacts facts, CancellationToken cancellationToken)
    {
        var outboxes = facts.Delivery.Outboxes;
        return outboxes.Count == 0
            || !facts.IsProgram
            || facts.Delivery.MayHaveQueue
            || ReferencedAssemblies.MayUse(facts.Compilation, KnownNames.Backplane)
            || ReferencedAssemblies.MayUse(facts.Compilation, KnownNames.BackplaneExtensions)
            || ReferencedAssemblies.MayCall(facts.Compilation, RegistrationNames.IsDestination)
                ? []
                : outboxes.Select(place => Diagnostic.Create(
                    Descriptor, place, facts.Delivery.HasMemory ? "only the in-memory destination is registered" : "no destination is registered"));
    }
}
