using System.Collections.Immutable;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>What the shape analyzers report of an interface.</summary>
internal static class ReportedShape
{
    /// <summary>All findings but those that the compiler reports itself; none where looking at the interface fails, because the generator fails on it too and says so (DP1006).</summary>
    public static IEnumerable<ShapeFinding> Of(INamedTypeSymbol definition, Compilation compilation, CancellationToken cancellationToken) =>
        Of(() => ShapeClassifier.Classify(definition, compilation), cancellationToken);

    /// <summary>The same with another way to look at the interface, which can fail where a test wants it to.</summary>
    internal static IEnumerable<ShapeFinding> Of(Func<ImmutableArray<ShapeFinding>> classify, CancellationToken cancellationToken)
    {
        try
        {
            return classify().Where(finding => finding.Kind != ShapeFindingKind.CompilerError);
        }
        catch (Exception)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return [];
        }
    }
}
