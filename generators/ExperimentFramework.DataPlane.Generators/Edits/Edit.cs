using System.Collections.Immutable;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Edits;

/// <summary>What differs between two states of a project, and what it can reach.</summary>
internal sealed class Edit
{
    private static readonly Edit OfEverything = new(null);

    private readonly HashSet<string>? _types;

    private Edit(HashSet<string>? types) => _types = types;

    /// <summary>Compares two states of a project.</summary>
    public static Edit Between(CompilationInputs before, CompilationInputs after, KnownInputs known)
    {
        if (!after.HasSettingsOf(before))
        {
            return OfEverything;
        }

        var (removed, added) = Difference(before.Files, after.Files);
        FileNames[] old = [.. removed.Select(known.NamesIn)];
        FileNames[] now = [.. added.Select(known.NamesIn)];

        // A namespace that comes or goes can change what any name means.
        if (old.Concat(now).Any(file => file.ConcernsAllFiles) || !Namespaces(old).SetEquals(Namespaces(now)))
        {
            return OfEverything;
        }

        var types = new HashSet<string>(old.Concat(now).SelectMany(file => file.Types), StringComparer.Ordinal);
        return types.Any(ProxyName.IsLikeOne) ? OfEverything : new Edit(types);
    }

    /// <summary>Whether what stands in a file that is the same as before may mean something else after the edit.</summary>
    /// <param name="surroundings">What the file depended on before the edit. As long as no edit reaches these, they stay the same.</param>
    public bool Reaches(Func<Surroundings> surroundings) => _types is null || (_types.Count > 0 && surroundings().MayMention(_types));

    private static ImmutableHashSet<string> Namespaces(FileNames[] files) => [.. files.SelectMany(file => file.Namespaces)];

    /// <summary>The files that went and those that came. The others stand in the same order, which members of partial types depend on.</summary>
    private static (IEnumerable<SyntaxTree> Removed, IEnumerable<SyntaxTree> Added) Difference(ImmutableArray<SyntaxTree> before, ImmutableArray<SyntaxTree> after)
    {
        if (before.Length == after.Length)
        {
            int[] different = [.. Enumerable.Range(0, after.Length).Where(i => before[i] != after[i])];
            return (different.Select(i => before[i]), different.Select(i => after[i]));
        }

        var shorter = Math.Min(before.Length, after.Length);
        var start = 0;
        while (start < shorter && before[start] == after[start])
        {
            start++;
        }

        var end = 0;
        while (end < shorter - start && before[before.Length - 1 - end] == after[after.Length - 1 - end])
        {
            end++;
        }

        return (before.Skip(start).Take(before.Length - start - end), after.Skip(start).Take(after.Length - start - end));
    }
}
