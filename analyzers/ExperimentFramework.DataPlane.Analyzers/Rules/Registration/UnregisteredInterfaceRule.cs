using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Finds tagged interfaces of an executable that nothing registers.</summary>
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
        var idle = facts.Interfaces.Where(tagged => !registered.Contains(tagged.Type)).ToList();
        return idle.Count == 0 || IsRegisteredElsewhere(facts.Compilation)
            ? []
            : idle.Select(tagged => Diagnostic.Create(
                Descriptor, tagged.Location(cancellationToken), SeverityOf(tagged, facts), additionalLocations: null, properties: null, tagged.Type.Name));
    }

    /// <summary>An interface that this executable registers plainly is surely served without its experiment; another one may be served elsewhere.</summary>
    private DiagnosticSeverity SeverityOf(TaggedInterface tagged, CompilationFacts facts) =>
        facts.Injection.PlainRegistrations.Any(plain => SymbolEqualityComparer.Default.Equals(plain.Service.OriginalDefinition, tagged.Type))
            ? Descriptor.DefaultSeverity
            : DiagnosticSeverity.Info;

    /// <summary>Whether a method of another assembly may register what it is given as a type argument.</summary>
    private static bool IsRegisteredElsewhere(Compilation compilation) =>
        ReferencedAssemblies.MayUse(compilation, WellKnownNames.Builder) || ReferencedAssemblies.MayUse(compilation, WellKnownNames.LoggingExtensions);
}
