using System.Collections.Concurrent;
using System.Collections.Immutable;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>
/// Collects facts about experiments from all trees of a compilation, including generated ones, and applies the rules at the end. It searches
/// for names first and binds only those it finds, so that the bodies of other code cost nothing.
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
        new DirectCallSubjectRule(),
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
        // If one analyzer requests generated code, the compiler binds all of it for every analyzer. It is read at the end instead.
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (TypeLookup.Find(start.Compilation, WellKnownNames.ExposureLogged) is not { } tag)
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
#pragma warning disable RS1030 // No action is called for generated code, but a Razor page can log exposures too.
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

    /// <summary>A proxy adds no facts to those of its interface.</summary>
    private static bool IsProxy(SyntaxTree tree) => tree.FilePath.EndsWith(WellKnownNames.ProxyFileEnd, StringComparison.Ordinal);
}
