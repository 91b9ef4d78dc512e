using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Finds exposing members of registered interfaces whose subject nobody knows.</summary>
internal sealed class UnknownSubjectRule : ICompilationRule
{
    /// <inheritdoc/>
    public DiagnosticDescriptor Descriptor => SubjectDescriptors.UnknownSubject;

    /// <inheritdoc/>
    public IEnumerable<Diagnostic> Check(CompilationFacts facts, CancellationToken cancellationToken)
    {
        var nameless = facts.Registrations
            .Select(registration => (Registration: registration, Tagged: facts.Tagged(registration.Service)))
            .Where(pair => pair.Tagged is not null)
            .SelectMany(pair => pair.Tagged!.MembersWithoutSubject(facts.Compilation)
                .Select(member => (Place: PlaceOf(member, pair.Registration, facts), Member: member, pair.Tagged)))
            .ToList();
        return nameless.Count == 0 || facts.MayHaveSubjectProvider
            ? []
            : nameless.GroupBy(found => found.Place).Select(found => Diagnostic.Create(
                Descriptor,
                found.Key,
                string.Join("', '", found.Select(nameless => nameless.Member.Name).Distinct(StringComparer.Ordinal)),
                found.First().Tagged!.Type.Name));
    }

    /// <summary>The member or, where its source is not here, the registration.</summary>
    private static Location PlaceOf(ISymbol member, Registration registration, CompilationFacts facts) =>
        facts.IsHere(member.Locations[0]) ? member.Locations[0] : registration.Location;
}
