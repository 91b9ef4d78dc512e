using System.Collections.Concurrent;
using System.Collections.Immutable;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>
/// Reads what all trees of a compilation say of experiments, generated ones too, and judges it at the end. Names are looked for
/// first and bound where they are found, so that the bodies of other code cost nothing.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class CompilationAnalyzer : DiagnosticAnalyzer
{
    private static readonly ImmutableArray<ICompilationRule> Rules =
    [
        new ExplicitWithoutCallRule(),
        new RedundantCallRule(),
        new ExperimentClaimRule(),
        new UnknownSubjectRule(),
        new PersonalDataRule(),
        new UnregisteredInterfaceRule(),
        new BlockingMembersRule(),
        new StoreMissingRule(),
        new UnknownExperimentRule(),
        new OutcomesOffRule(),
        new SubjectTypeRule(),
        new UselessSubjectRule(),
        new PinnedPropertyRule(),
        new InjectedVariantRule(),
        new UnusedStoreRule(),
        new UnusedOutboxRule(),
    ];

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [.. Rules.Select(rule => rule.Descriptor)];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        // Where one analyzer asks for generated code, the compiler binds all of it for every analyzer: it is read at the end instead.
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (start.Compilation.GetTypeByMetadataName(WellKnownNames.ExposureLogged) is not { } tag)
            {
                return;
            }

            var facts = new CompilationFacts(start.Compilation, tag);
            var read = new ConcurrentDictionary<SyntaxTree, bool>();
            start.RegisterSymbolAction(symbol => facts.AddType((INamedTypeSymbol)symbol.Symbol), SymbolKind.NamedType);
            start.RegisterOperationAction(
                operation =>
                {
                    if (UselessSubject.OfCall((IInvocationOperation)operation.Operation) is { } subject)
                    {
                        facts.Add(subject);
                    }
                },
                OperationKind.Invocation);
            start.RegisterOperationBlockAction(blocks =>
            {
                if (blocks.OwningSymbol is IMethodSymbol method && UselessSubject.OfProvider(method, blocks.OperationBlocks) is { } subject)
                {
                    facts.Add(subject);
                }
            });
            start.RegisterSemanticModelAction(model =>
            {
                read.TryAdd(model.SemanticModel.SyntaxTree, true);
                new FactReader(facts, model.SemanticModel, model.CancellationToken).Read();
            });
            start.RegisterCompilationEndAction(end =>
            {
                foreach (var generated in end.Compilation.SyntaxTrees.Where(tree => !read.ContainsKey(tree) && !IsProxy(tree)))
                {
#pragma warning disable RS1030 // No action is called for generated code, and a page of Razor logs exposures too.
                    var model = end.Compilation.GetSemanticModel(generated);
#pragma warning restore RS1030
                    new FactReader(facts, model, end.CancellationToken).Read();
                }

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

    /// <summary>A proxy says nothing that its interface does not.</summary>
    private static bool IsProxy(SyntaxTree tree) => tree.FilePath.EndsWith(WellKnownNames.ProxyFileEnd, StringComparison.Ordinal);
}
