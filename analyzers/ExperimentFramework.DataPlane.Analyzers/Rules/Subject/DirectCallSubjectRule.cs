using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Finds calls that name neither their subject nor can ask a provider for it. A library may leave the provider to its users.</summary>
internal sealed class DirectCallSubjectRule : ICompilationRule
{
    /// <inheritdoc/>
    public DiagnosticDescriptor Descriptor => SubjectDescriptors.DirectCallWithoutSubject;

    /// <inheritdoc/>
    public IEnumerable<Diagnostic> Check(CompilationFacts facts, CancellationToken cancellationToken)
    {
        var unidentified = facts.IsProgram ? facts.DirectCalls.Where(call => call.HasSubject == false).ToList() : [];
        return unidentified.Count == 0 || facts.MayHaveSubjectProvider
            ? []
            : unidentified.Select(call => Diagnostic.Create(Descriptor, call.Place, call.Method));
    }
}
