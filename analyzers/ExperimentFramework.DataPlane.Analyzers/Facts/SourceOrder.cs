using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Sorts facts that were read from all trees concurrently into source order.</summary>
internal static class SourceOrder
{
    /// <summary>Sorts facts by file and position.</summary>
    public static IEnumerable<T> Of<T>(IEnumerable<T> facts, Func<T, Location> place) => facts
        .OrderBy(fact => place(fact).SourceTree?.FilePath, StringComparer.Ordinal)
        .ThenBy(fact => place(fact).SourceSpan.Start);
}
