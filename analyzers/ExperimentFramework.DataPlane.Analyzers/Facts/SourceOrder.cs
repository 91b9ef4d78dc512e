using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>The order of the source, for facts that were read from all trees at once.</summary>
internal static class SourceOrder
{
    /// <summary>Orders facts by file and position.</summary>
    public static IEnumerable<T> Of<T>(IEnumerable<T> facts, Func<T, Location> place) => facts
        .OrderBy(fact => place(fact).SourceTree?.FilePath, StringComparer.Ordinal)
        .ThenBy(fact => place(fact).SourceSpan.Start);
}
