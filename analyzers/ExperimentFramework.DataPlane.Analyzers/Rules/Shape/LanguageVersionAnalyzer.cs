using System.Collections.Concurrent;
using System.Collections.Immutable;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Reports once, where the first proxy would be needed, that the project's language version does not support proxies.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class LanguageVersionAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [ShapeDescriptors.LanguageTooOld];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (TypeLookup.Find(start.Compilation, WellKnownNames.ExposureLogged) is not { } tag || !LanguageNeeds.IsBelowLowest(start.Compilation))
            {
                return;
            }

            var needed = new ConcurrentBag<(INamedTypeSymbol Type, Location Location)>();
            start.RegisterSymbolAction(
                symbol =>
                {
                    if (TaggedInterface.Of(symbol.Symbol, tag) is { } tagged)
                    {
                        needed.Add((tagged.Type, tagged.Location(symbol.CancellationToken)));
                    }
                },
                SymbolKind.NamedType);
            start.RegisterOperationAction(
                operation =>
                {
                    if (RegisteredInterface.Of(operation.Operation, tag) is var (service, location)
                        && (service.IsGenericType || ShapeClassifier.NeedsProxyOf(service.OriginalDefinition, operation.Compilation)))
                    {
                        needed.Add((service, location));
                    }
                },
                OperationKind.Invocation,
                OperationKind.MethodReference);
            start.RegisterCompilationEndAction(end => Report(end, needed));
        });
    }

    private static void Report(CompilationAnalysisContext context, IEnumerable<(INamedTypeSymbol Type, Location Location)> needed)
    {
        var places = needed
            .OrderBy(place => place.Location.SourceTree?.FilePath, StringComparer.Ordinal)
            .ThenBy(place => place.Location.SourceSpan.Start)
            .ToList();
        if (places.Count > 0)
        {
            var finding = new ShapeFinding(
                ShapeFindingKind.LanguageTooOld, places[0].Type, LanguageNeeds.Describe(LanguageNeeds.Lowest, context.Compilation));
            context.ReportDiagnostic(ShapeDescriptors.Report(finding, places[0].Type, places[0].Location));
        }
    }
}
