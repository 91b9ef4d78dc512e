using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>A rule that can only be judged when all of a compilation has been read.</summary>
internal interface ICompilationRule
{
    /// <summary>What it reports, marked as reported at compilation end.</summary>
    DiagnosticDescriptor Descriptor { get; }

    /// <summary>Judges a compilation.</summary>
    /// <param name="facts">All that was read.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>The findings.</returns>
    IEnumerable<Diagnostic> Check(CompilationFacts facts, CancellationToken cancellationToken);
}
