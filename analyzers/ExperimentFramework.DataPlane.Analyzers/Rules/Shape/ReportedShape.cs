using System.Collections.Immutable;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Selects the findings that the shape analyzers report for an interface.</summary>
internal static class ReportedShape
{
    /// <summary>
    /// Returns all findings except those that the compiler reports itself. Returns none if classifying the interface throws, because then the generator fails
    /// too and reports it (DP1006).
    /// </summary>
    public static IEnumerable<ShapeFinding> Of(INamedTypeSymbol definition, Compilation compilation, CancellationToken cancellationToken) =>
        Of(() => ShapeClassifier.Classify(definition, compilation), cancellationToken);

    /// <summary>Does the same with another classifier, so that tests can make it throw.</summary>
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
