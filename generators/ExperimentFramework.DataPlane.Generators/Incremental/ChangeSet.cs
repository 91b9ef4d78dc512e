using System.Collections.Immutable;
using ExperimentFramework.DataPlane.Generators.Model;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Incremental;

/// <summary>
/// What differs between two states of a project, and what it reaches: the files that mention a type of a changed one, those that mention a
/// type of these, and so on. Names mean more than one thing, so these are more files than need be.
/// </summary>
internal sealed class ChangeSet
{
    /// <summary>From here on, reading again is quicker than asking.</summary>
    private const int MaxLookups = 200_000;

    private static readonly ChangeSet OfEverything = new(null, []);

    private readonly HashSet<SyntaxTree>? _reached;
    private readonly ICollection<string> _comingAndGoing;

    private ChangeSet(HashSet<SyntaxTree>? reached, ICollection<string> comingAndGoing)
    {
        _reached = reached;
        _comingAndGoing = comingAndGoing;
    }

    /// <summary>Compares two states of a project.</summary>
    /// <exception cref="OperationCanceledException">The comparison was cancelled; what was read of files until then stays known.</exception>
    public static ChangeSet Between(CompilationInputs before, CompilationInputs after, InputCache known, CancellationToken cancellationToken)
    {
        if (!after.HasSettingsOf(before))
        {
            return OfEverything;
        }

        var (removed, added) = Difference(before.Files, after.Files);
        FileNames[] old = [.. removed.Select(NamesIn)];
        FileNames[] now = [.. added.Select(NamesIn)];

        // A namespace that comes or goes can change what any name means.
        return old.Concat(now).Any(file => file.ConcernsAllFiles) || !Namespaces(old).SetEquals(Namespaces(now))
            ? OfEverything
            : ReachOf(old, now, added, after.Files.Except(added), NamesIn);

        FileNames NamesIn(SyntaxTree file)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return known.NamesIn(file);
        }
    }

    /// <summary>Whether what stands in a file that is the same as before may mean something else after the edit.</summary>
    public bool Reaches(SyntaxTree file) => _reached is null || _reached.Contains(file);

    /// <summary>
    /// Whether a type that came or went may be meant where nobody in the project mentions it: a member that an assembly declares names types too, and a type of the
    /// project's own hides those of assemblies. What has no proxy may have none because of that.
    /// </summary>
    public bool MayHideFrom(ProxyModel? proxy) =>
        _comingAndGoing.Count > 0 && (proxy is null || _comingAndGoing.Any(name => proxy.Members.Any(member => member.Signature.Contains(name))));

    private static ChangeSet ReachOf(FileNames[] old, FileNames[] now, IEnumerable<SyntaxTree> added, IEnumerable<SyntaxTree> unchanged, Func<SyntaxTree, FileNames> namesIn)
    {
        var reached = new HashSet<SyntaxTree>(added);
        var left = unchanged.ToList();
        var types = new HashSet<string>(old.SelectMany(file => file.Types), StringComparer.Ordinal);
        var comingAndGoing = new HashSet<string>(types, StringComparer.Ordinal);
        comingAndGoing.SymmetricExceptWith(now.SelectMany(file => file.Types));
        types.UnionWith(now.SelectMany(file => file.Types));
        var latest = types;
        for (var questions = 0L; latest.Count > 0;)
        {
            questions += (long)latest.Count * left.Count;
            if (questions > MaxLookups)
            {
                return OfEverything;
            }

            var mentioning = left.Where(file => namesIn(file).MayMention(latest)).ToList();
            if (mentioning.Any(file => namesIn(file).ConcernsAllFiles))
            {
                return OfEverything;
            }

            reached.UnionWith(mentioning);
            left.RemoveAll(reached.Contains);
            latest = new HashSet<string>(mentioning.SelectMany(file => namesIn(file).Types).Where(types.Add), StringComparer.Ordinal);
        }

        return new ChangeSet(reached, comingAndGoing);
    }

    private static ImmutableHashSet<string> Namespaces(FileNames[] files) => [.. files.SelectMany(file => file.Namespaces)];

    /// <summary>The files that went and those that came. The others stand in the same order, which members of partial types depend on.</summary>
    private static (IReadOnlyCollection<SyntaxTree> Removed, IReadOnlyCollection<SyntaxTree> Added) Difference(ImmutableArray<SyntaxTree> before, ImmutableArray<SyntaxTree> after)
    {
        if (before.Length == after.Length)
        {
            int[] different = [.. Enumerable.Range(0, after.Length).Where(i => before[i] != after[i])];
            return ([.. different.Select(i => before[i])], [.. different.Select(i => after[i])]);
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

        return ([.. before.Skip(start).Take(before.Length - start - end)], [.. after.Skip(start).Take(after.Length - start - end)]);
    }
}
