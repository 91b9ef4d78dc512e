using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Finds exposing members of registered interfaces whose subject is unknown.</summary>
internal sealed class UnknownSubjectRule : ICompilationRule
{
    /// <inheritdoc/>
    public DiagnosticDescriptor Descriptor => SubjectDescriptors.UnknownSubject;

    /// <inheritdoc/>
    public IEnumerable<Diagnostic> Check(CompilationFacts facts, CancellationToken cancellationToken)
    {
        var unidentified = facts.Registrations
            .Select(registration => (Registration: registration, Tagged: facts.Tagged(registration.Service)))
            .Where(pair => pair.Tagged is not null)
            .SelectMany(pair => pair.Tagged!.MembersWithoutSubject(facts.Compilation)
                .Select(member => (Place: PlaceOf(member, pair.Registration, facts), Member: member, pair.Tagged)))
            .ToList();
        return unidentified.Count == 0 || facts.MayHaveSubjectProvider
            ? []
            : unidentified.GroupBy(found => found.Place).Select(found => Diagnostic.Create(
                Descriptor,
                found.Key,
                string.Join("', '", found.Select(each => each.Member.Name).Distinct(StringComparer.Ordinal)),
                found.First().Tagged!.Type.Name));
    }

    /// <summary>Returns the location of the member, or of the registration if the member is not in source.</summary>
    private static Location PlaceOf(ISymbol member, Registration registration, CompilationFacts facts) =>
        facts.IsInSource(member.Locations[0]) ? member.Locations[0] : registration.Location;
}
