using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Finds tagged interfaces in an executable that are never registered.</summary>
internal sealed class UnregisteredInterfaceRule : ICompilationRule
{
    /// <inheritdoc/>
    public DiagnosticDescriptor Descriptor => RegistrationDescriptors.UnregisteredInterface;

    /// <inheritdoc/>
    public IEnumerable<Diagnostic> Check(CompilationFacts facts, CancellationToken cancellationToken)
    {
        if (!facts.IsProgram
            || facts.Registrations.Any(registration => registration.Service is ITypeParameterSymbol))
        {
            return [];
        }

        var registered = new HashSet<ISymbol>(
            facts.Registrations.Select(registration => registration.Service.OriginalDefinition), SymbolEqualityComparer.Default);
        var unregistered = facts.Interfaces.Where(tagged => !registered.Contains(tagged.Type)).ToList();
        return unregistered.Count == 0 || facts.MayRegisterElsewhere
            ? []
            : unregistered.Select(tagged => Diagnostic.Create(
                Descriptor, tagged.Location(cancellationToken), SeverityOf(tagged, facts), additionalLocations: null, properties: null, tagged.Type.Name));
    }

    /// <summary>
    /// If the executable registers an implementation, the interface is certainly served without its experiment; otherwise another application may serve it.
    /// </summary>
    private DiagnosticSeverity SeverityOf(TaggedInterface tagged, CompilationFacts facts) =>
        facts.Injection.PlainRegistrations.Any(plain => SymbolEqualityComparer.Default.Equals(plain.Service.OriginalDefinition, tagged.Type))
            ? Descriptor.DefaultSeverity
            : DiagnosticSeverity.Info;
}
