using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Finds subject ids that change without their subject, and empty ones if nothing else identifies the subject.</summary>
internal sealed class UselessSubjectRule : ICompilationRule
{
    /// <inheritdoc/>
    public DiagnosticDescriptor Descriptor => SubjectDescriptors.UselessSubject;

    /// <inheritdoc/>
    public IEnumerable<Diagnostic> Check(CompilationFacts facts, CancellationToken cancellationToken) => facts.UselessSubjects
        .Where(subject => !subject.MayBeReplaced || !facts.MayHaveSubjectProvider)
        .Concat(facts.Interfaces.SelectMany(tagged => TimesIn(tagged, facts, cancellationToken)))
        .GroupBy(subject => subject.Place)
        .Select(places => Diagnostic.Create(Descriptor, places.Key, places.First().Problem, places.First().Remedy));

    /// <summary>Returns the subject parameters of an interface whose type is a date or a time.</summary>
    private static IEnumerable<UselessSubject> TimesIn(TaggedInterface tagged, CompilationFacts facts, CancellationToken cancellationToken) => tagged
        .ExposingMembers(facts.Compilation)
        .SelectMany(member => TaggedInterface.ParametersOf(member))
        .Where(parameter => SymbolName.Attribute(parameter, WellKnownNames.ExposureSubject) is not null)
        .Select(parameter => (Parameter: parameter, Type: TimeOf(parameter.Type)))
        .Where(found => found.Type is not null)
        .Select(found => UselessSubject.OfTime(
            facts.IsInSource(found.Parameter.Locations.FirstOrDefault()) ? found.Parameter.Locations[0] : tagged.Location(cancellationToken), found.Type!));

    private static string? TimeOf(ITypeSymbol type)
    {
        var value = type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T, TypeArguments: { Length: 1 } arguments } ? arguments[0] : type;
        return value is { Name: "DateTime" or "DateTimeOffset" or "DateOnly" or "TimeOnly" or "TimeSpan" } && SymbolName.IsIn(value, "System") ? value.Name : null;
    }
}
