using System.Collections.Concurrent;
using System.Collections.Immutable;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>
/// Reports interfaces that could have a proxy but have none, or one that lacks a member. Analyzers see what other source generators write; the generator of
/// proxies does not. They are reported at the end of a build, because an editor may run generators later than analyzers.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class MissingProxyAnalyzer : ExperimentAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [ShapeDescriptors.ProxyNotGenerated];

    /// <inheritdoc/>
    private protected override void Start(CompilationStartAnalysisContext start, INamedTypeSymbol tag)
    {
        if (LanguageNeeds.IsBelowLowest(start.Compilation) || start.Compilation.GetTypesByMetadataName(WellKnownNames.Decorator).IsEmpty)
        {
            return;
        }

        var declared = new ConcurrentBag<(INamedTypeSymbol Type, Location Location)>();
        var registered = new ConcurrentBag<(INamedTypeSymbol Type, Location Location)>();
        start.RegisterSymbolAction(
            symbol =>
            {
                if (TaggedInterface.Of(symbol.Symbol, tag) is { } tagged)
                {
                    declared.Add((tagged.Type, tagged.Location(symbol.CancellationToken)));
                }
            },
            SymbolKind.NamedType);
        start.RegisterOperationAction(
            operation =>
            {
                if (RegisteredInterface.Of(operation.Operation, tag) is { } found)
                {
                    registered.Add(found);
                }
            },
            OperationKind.Invocation,
            OperationKind.MethodReference);
        start.RegisterCompilationEndAction(end => Report(end, declared, registered));
    }

    private static void Report(
        CompilationAnalysisContext context, IEnumerable<(INamedTypeSymbol Type, Location Location)> declared, IEnumerable<(INamedTypeSymbol Type, Location Location)> registered)
    {
        var proxies = new GeneratedProxies(context.Compilation, context.CancellationToken);
        var reported = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        foreach (var (type, location) in SourceOrder.Of(declared, found => found.Location))
        {
            if (reported.Add(type) && proxies.ErrorOf(type) is { } error)
            {
                Report(context, type, proxies.PlaceOf(type, location), error);
            }
        }

        foreach (var (service, location) in SourceOrder.Of(registered, found => found.Location))
        {
            if (ClosedInterface.Classify(service, context.Compilation) is not null)
            {
                // DP1001 or DP1002 says at the registration why it has no proxy.
                continue;
            }

            var definition = service.OriginalDefinition;
            var isOwn = SymbolEqualityComparer.Default.Equals(definition.ContainingAssembly, context.Compilation.Assembly);
            if (!reported.Contains(definition) && (isOwn || ShapeClassifier.NeedsProxyOf(definition, context.Compilation)) && proxies.ErrorOf(definition) is { } error)
            {
                Report(context, service, location, error);
            }
            else if (proxies.ErrorOfRegistration(service) is { } unregistered)
            {
                Report(context, service, location, unregistered);
            }
        }
    }

    private static void Report(CompilationAnalysisContext context, INamedTypeSymbol type, Location location, string error) => context.ReportDiagnostic(Diagnostic.Create(
        ShapeDescriptors.ProxyNotGenerated, location, type.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat), error));
}
