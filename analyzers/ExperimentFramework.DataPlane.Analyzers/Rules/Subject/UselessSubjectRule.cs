using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Finds subject ids that are new on every call, and empty ones if nothing else identifies the subject.</summary>
internal sealed class UselessSubjectRule : ICompilationRule
{
    /// <inheritdoc/>
    public DiagnosticDescriptor Descriptor => SubjectDescriptors.UselessSubject;

    /// <inheritdoc/>
    public IEnumerable<Diagnostic> Check(CompilationFacts facts, CancellationToken cancellationToken)
    {
        var found = facts.UselessSubjects;
        return found.Count == 0
            ? []
            : found.Where(subject => !subject.MayBeReplaced || !facts.MayHaveSubjectProvider).Select(subject => Diagnostic.Create(Descriptor, subject.Place, subject.Problem, subject.Remedy));
    }
}
