using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Finds synchronous exposing members of registered interfaces if callers wait for queue capacity.</summary>
internal sealed class BlockingMembersRule : ICompilationRule
{
    /// <inheritdoc/>
    public DiagnosticDescriptor Descriptor => RegistrationDescriptors.BlockingMembers;

    /// <inheritdoc/>
    public IEnumerable<Diagnostic> Check(CompilationFacts facts, CancellationToken cancellationToken)
    {
        if (facts.BlockingModes.Count == 0)
        {
            return [];
        }

        var blocking = facts.Registrations
            .Select(registration => facts.Tagged(registration.Service))
            .Where(tagged => tagged is not null)
            .Select(tagged => (tagged!.Type, Members: tagged.ExposingMembers(facts.Compilation).Where(IsSynchronous).Select(member => member.Name).Distinct(StringComparer.Ordinal).ToList()))
            .FirstOrDefault(found => found.Members.Count > 0);
        return blocking.Type is null
            ? []
            : facts.BlockingModes.Select(place => Diagnostic.Create(Descriptor, place, string.Join("', '", blocking.Members), blocking.Type.Name));
    }

    private static bool IsSynchronous(ISymbol member) => member is not IMethodSymbol method || !ResultShape.IsAwaited(method);
}
