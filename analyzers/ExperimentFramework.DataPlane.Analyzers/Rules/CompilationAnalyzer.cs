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
    private readonly CompilationSteps _steps;

    /// <summary>Initializes the analyzer.</summary>
    public CompilationAnalyzer()
        : this(new CompilationSteps())
    {
    }

    internal CompilationAnalyzer(CompilationSteps steps)
    {
        _steps = steps;
        SupportedDiagnostics = [.. steps.Rules.Select(rule => rule.Descriptor), FailureDescriptors.RuleFailed];
    }

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; }

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        // If one analyzer requests generated code, the compiler binds all of it for every analyzer. It is read at the end instead.
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(start =>
        {
            if (TypeLookup.Find(start.Compilation, WellKnownNames.ExposureLogged) is { } tag)
            {
                Start(start, new CompilationFacts(start.Compilation, tag));
            }
        });
    }

    private void Start(CompilationStartAnalysisContext start, CompilationFacts facts)
    {
        var read = new ConcurrentDictionary<SyntaxTree, bool>();
        start.RegisterSymbolAction(
            symbol => facts.Collect(() => facts.AddType((INamedTypeSymbol)symbol.Symbol), symbol.Symbol.Locations[0], symbol.CancellationToken),
            SymbolKind.NamedType);
        start.RegisterOperationAction(
            operation => facts.Collect(
                () => facts.Add(UselessSubject.OfCall((IInvocationOperation)operation.Operation)), operation.Operation.Syntax.GetLocation(), operation.CancellationToken),
            OperationKind.Invocation);
        start.RegisterOperationBlockAction(blocks =>
        {
            if (blocks.OwningSymbol is IMethodSymbol method)
            {
                facts.Collect(() => facts.Add(UselessSubject.OfProvider(method, blocks.OperationBlocks)), method.Locations[0], blocks.CancellationToken);
            }
        });
        start.RegisterSemanticModelAction(model =>
        {
            read.TryAdd(model.SemanticModel.SyntaxTree, true);
            ReadTree(facts, model.SemanticModel, model.CancellationToken);
        });
        start.RegisterCompilationEndAction(end =>
        {
            foreach (var generated in end.Compilation.SyntaxTrees.Where(tree => !read.ContainsKey(tree) && !IsProxy(tree)))
            {
#pragma warning disable RS1030 // No action is called for generated code, but a Razor page can log exposures too.
                var model = end.Compilation.GetSemanticModel(generated);
#pragma warning restore RS1030
                ReadTree(facts, model, end.CancellationToken);
            }

            foreach (var finding in Apply(facts, read.ContainsKey, end.CancellationToken))
            {
                end.ReportDiagnostic(finding);
            }
        });
    }

    private void ReadTree(CompilationFacts facts, SemanticModel model, CancellationToken cancellationToken) => facts.Collect(
        () => _steps.ReadTree(facts, model, cancellationToken), Location.Create(model.SyntaxTree, default), cancellationToken);

    /// <summary>Applies the rules. If a fact is missing, none is applied, because a rule about something missing could be wrong.</summary>
    private ImmutableArray<Diagnostic> Apply(CompilationFacts facts, Func<SyntaxTree, bool> isHandWritten, CancellationToken cancellationToken) =>
        facts.Failure is { } failure
            ? [FailureDescriptors.Of(_steps.Rules, failure, isHandWritten)]
            : [.. _steps.Rules.SelectMany(rule => Apply(rule, facts, cancellationToken))];

    private static ImmutableArray<Diagnostic> Apply(ICompilationRule rule, CompilationFacts facts, CancellationToken cancellationToken)
    {
        try
        {
            return [.. rule.Check(facts, cancellationToken)];
        }
        catch (Exception error)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return [FailureDescriptors.Of(rule, error)];
        }
    }

    /// <summary>A proxy adds no facts to those of its interface.</summary>
    private static bool IsProxy(SyntaxTree tree) => tree.FilePath.EndsWith(WellKnownNames.ProxyFileEnd, StringComparison.Ordinal);
}
