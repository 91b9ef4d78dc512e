using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Analyzes hand-written code of compilations that reference the data plane, several files at a time.</summary>
public abstract class ExperimentAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public sealed override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(start =>
        {
            if (TypeLookup.Find(start.Compilation, WellKnownNames.ExposureLogged) is { } tag)
            {
                Start(start, tag);
            }
        });
    }

    /// <summary>Registers what to do in a compilation.</summary>
    /// <param name="start">The start of the compilation's analysis.</param>
    /// <param name="tag">The type of <c>[ExposureLogged]</c>.</param>
    private protected abstract void Start(CompilationStartAnalysisContext start, INamedTypeSymbol tag);
}
