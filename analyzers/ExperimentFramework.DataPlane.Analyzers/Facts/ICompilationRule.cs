using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>A rule that can be applied only after the whole compilation has been read.</summary>
internal interface ICompilationRule
{
    /// <summary>Gets the descriptor of the rule's diagnostics, which is tagged as reported at the end of compilation.</summary>
    DiagnosticDescriptor Descriptor { get; }

    /// <summary>Applies the rule to a compilation.</summary>
    /// <param name="facts">The facts that were collected.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    /// <returns>The diagnostics to report.</returns>
    IEnumerable<Diagnostic> Check(CompilationFacts facts, CancellationToken cancellationToken);
}
