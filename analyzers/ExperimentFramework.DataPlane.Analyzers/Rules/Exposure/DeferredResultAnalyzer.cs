using System.Collections.Immutable;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Finds observed methods whose result may run after the call has returned, so that neither its failures nor its duration are those of the call.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class DeferredResultAnalyzer : ExperimentAnalyzer
{
    private static readonly ImmutableArray<(string Namespace, string Type)> Deferred =
    [
        ("System", "IObservable`1"),
        ("System", "Lazy`1"),
        ("System.Collections", "IEnumerable"),
        ("System.Collections", "IEnumerator"),
        ("System.Collections.Generic", "IAsyncEnumerator`1"),
        ("System.Collections.Generic", "IEnumerable`1"),
        ("System.Collections.Generic", "IEnumerator`1"),
        ("System.Linq", "IOrderedEnumerable`1"),
        ("System.Linq", "IOrderedQueryable"),
        ("System.Linq", "IOrderedQueryable`1"),
        ("System.Linq", "IQueryable"),
        ("System.Linq", "IQueryable`1"),
        ("System.Linq", "OrderedParallelQuery`1"),
        ("System.Linq", "ParallelQuery"),
        ("System.Linq", "ParallelQuery`1"),
        ("System.Runtime.CompilerServices", "ConfiguredCancelableAsyncEnumerable`1"),
    ];

    private const string Remedy = "return a finished collection, Task, ValueTask or IAsyncEnumerable<T>";
    private const string RemedyForArgument = "return a finished collection, or declare Task, ValueTask or IAsyncEnumerable<T> in the interface itself";

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [ExposureDescriptors.DeferredResult];

    /// <inheritdoc/>
    private protected override void Start(CompilationStartAnalysisContext start, INamedTypeSymbol tag)
    {
        start.RegisterSymbolAction(
            symbol =>
            {
                if (TaggedInterface.Of(symbol.Symbol, tag) is { } tagged && ConsequenceFor(tagged) is { } consequence)
                {
                    Check(symbol, tagged, consequence);
                }
            },
            SymbolKind.NamedType);
        start.RegisterOperationAction(
            operation =>
            {
                if (RegisteredInterface.Of(operation.Operation, tag) is (var service, var location)
                    && service.IsGenericType && TaggedInterface.Of(service, tag) is { } tagged && ConsequenceFor(tagged) is { } consequence)
                {
                    CheckArguments(operation, tagged, location, consequence);
                }
            },
            OperationKind.Invocation,
            OperationKind.MethodReference);
    }

    /// <summary>Checks the methods of a generic interface whose results are deferred only with the type arguments that it is registered with. The proxy is that of the definition: tasks and streams that only a type argument makes such are not awaited.</summary>
    private static void CheckArguments(OperationAnalysisContext context, TaggedInterface tagged, Location location, string consequence)
    {
        foreach (var method in tagged.ExposingMembers(context.Compilation).OfType<IMethodSymbol>().Where(method => !IsDeferred(method) && !ResultShape.IsAwaited(method)))
        {
            var constructed = tagged.Type.AllInterfaces.Insert(0, tagged.Type).SelectMany(type => type.GetMembers(method.Name)).OfType<IMethodSymbol>()
                .FirstOrDefault(candidate => SymbolEqualityComparer.Default.Equals(candidate.OriginalDefinition, method.OriginalDefinition) && (IsDeferred(candidate) || ResultShape.IsAwaited(candidate)));
            if (constructed is not null)
            {
                Report(context.ReportDiagnostic, constructed, tagged.Type, location, consequence, RemedyForArgument);
            }
        }
    }

    private static void Check(SymbolAnalysisContext context, TaggedInterface tagged, string consequence)
    {
        foreach (var method in tagged.ExposingMembers(context.Compilation).OfType<IMethodSymbol>().Where(IsDeferred))
        {
            // An inherited member cannot be changed here, and may be declared in another assembly.
            var isOwn = SymbolEqualityComparer.Default.Equals(method.ContainingType, tagged.Type);
            Report(context.ReportDiagnostic, method, tagged.Type.OriginalDefinition, isOwn ? method.Locations[0] : tagged.Location(context.CancellationToken), consequence, Remedy);
        }
    }

    private static void Report(Action<Diagnostic> report, IMethodSymbol method, INamedTypeSymbol type, Location location, string consequence, string remedy) => report(Diagnostic.Create(
        ExposureDescriptors.DeferredResult,
        location,
        method.Name,
        type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat),
        method.ReturnType.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat),
        consequence,
        remedy));

    /// <summary>Returns what is wrong with a deferred result, as part of a sentence; null if the interface does not observe its calls.</summary>
    private static string? ConsequenceFor(TaggedInterface tagged)
    {
        tagged.TryGet("RecordOutcomes", out bool records);
        tagged.TryGet("FallbackToControl", out bool fallsBack);
        return (records, fallsBack) switch
        {
            (true, true) => "is recorded as success and does not fall back to control",
            (true, false) => "is recorded as success",
            (false, true) => "does not fall back to control",
            _ => null,
        };
    }

    private static bool IsDeferred(IMethodSymbol method) =>
        method.ReturnType is INamedTypeSymbol result
        && !ResultShape.IsAwaited(method)
        && (Deferred.Any(deferred => result.MetadataName == deferred.Type && SymbolName.IsIn(result, deferred.Namespace)) || HasAwaiter(result));

    private static bool HasAwaiter(INamedTypeSymbol result)
    {
        for (var type = result; type is not null; type = type.BaseType)
        {
            if (type.GetMembers("GetAwaiter").Any(member => member is IMethodSymbol { IsStatic: false, Parameters.IsEmpty: true, ReturnsVoid: false }))
            {
                return true;
            }
        }

        return false;
    }
}
