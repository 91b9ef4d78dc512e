using System.Collections.Immutable;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Reports why a tagged interface cannot have a proxy, in the project that declares it, whichever project has the proxy.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ShapeAnalyzer : ExperimentAnalyzer
{
    private static readonly ImmutableDictionary<string, string?> MakePartial = ImmutableDictionary<string, string?>.Empty.Add(FixProperties.Partial, null);

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
    [
        ShapeDescriptors.MemberNotForwardable,
        ShapeDescriptors.InterfaceNotReachable,
        ShapeDescriptors.InitAccessor,
        ShapeDescriptors.UnsafeWithoutPermission,
        ShapeDescriptors.LanguageTooOld,
    ];

    /// <inheritdoc/>
    private protected override void Start(CompilationStartAnalysisContext start, INamedTypeSymbol tag)
    {
        if (!LanguageNeeds.IsBelowLowest(start.Compilation))
        {
            start.RegisterSymbolAction(symbol => Analyze(symbol, tag), SymbolKind.NamedType);
        }
    }

    private static void Analyze(SymbolAnalysisContext context, INamedTypeSymbol tag)
    {
        if (TaggedInterface.Of(context.Symbol, tag) is not { } tagged)
        {
            return;
        }

        var location = tagged.Location(context.CancellationToken);
        foreach (var finding in ReportedShape.Of(tagged.Type, context.Compilation, context.CancellationToken))
        {
            context.ReportDiagnostic(ShapeDescriptors.Report(finding, tagged.Type, location, IsMissingPartialOnly(finding, tagged.Type) ? MakePartial : null));
        }
    }

    /// <summary>Returns whether making the outer types partial is enough to get a proxy.</summary>
    private static bool IsMissingPartialOnly(ShapeFinding finding, INamedTypeSymbol type)
    {
        if (finding.Kind != ShapeFindingKind.InterfaceNotReachable
            || finding.Symbol is not INamedTypeSymbol { IsFileLocal: false } outer
            || SymbolEqualityComparer.Default.Equals(outer, type))
        {
            return false;
        }

        // A type nested in a generic type is itself generic.
        return !type.IsGenericType;
    }
}
