using System.Collections.Immutable;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>
/// Reads what all trees of a compilation say of experiments, generated ones too, and judges it at the end. Names are looked for
/// first and bound where they are found, so that the bodies of other code cost nothing; proxies say nothing that their interfaces do not.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class CompilationAnalyzer : DiagnosticAnalyzer
{
    private static readonly ImmutableArray<ICompilationRule> Rules =
    [
        new ExplicitWithoutCallRule(),
        new NeedlessCallRule(),
        new ExperimentClaimRule(),
        new UnknownSubjectRule(),
        new UnregisteredInterfaceRule(),
        new StoreMissingRule(),
    ];

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [.. Rules.Select(rule => rule.Descriptor)];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        // A page of Razor logs exposures, too; nothing is reported there.
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.Analyze);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (start.Compilation.GetTypeByMetadataName(WellKnownNames.ExposureLogged) is not { } tag)
            {
                return;
            }

            var facts = new CompilationFacts(start.Compilation, tag);
            start.RegisterSymbolAction(symbol => facts.AddType((INamedTypeSymbol)symbol.Symbol), SymbolKind.NamedType);
            start.RegisterSemanticModelAction(model =>
            {
                if (!model.SemanticModel.SyntaxTree.FilePath.EndsWith(WellKnownNames.ProxyFileEnd, StringComparison.Ordinal))
                {
                    new FactReader(facts, model.SemanticModel, model.CancellationToken).Read();
                }
            });
            start.RegisterCompilationEndAction(end =>
            {
                foreach (var rule in Rules)
                {
                    foreach (var finding in rule.Check(facts, end.CancellationToken))
                    {
                        end.ReportDiagnostic(finding);
                    }
                }
            });
        });
    }
}
