using System.Collections.Immutable;
using ExperimentFramework.DataPlane.Generators.Model;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Incremental;

/// <summary>
/// The difference between two states of a project, and the files that it affects: those that mention a type of a changed file, those that mention a type
/// of these, and so on. Files are matched by name, so the set may contain more files than necessary.
/// </summary>
internal sealed class ChangeSet
{
    /// <summary>Above this number of lookups, reading all interfaces again is faster.</summary>
    private const int MaxLookups = 200_000;

    private static readonly ChangeSet Everything = new(null, []);

    private readonly HashSet<SyntaxTree>? _affected;
    private readonly ICollection<string> _addedOrRemoved;

    private ChangeSet(HashSet<SyntaxTree>? affected, ICollection<string> addedOrRemoved)
    {
        _affected = affected;
        _addedOrRemoved = addedOrRemoved;
    }

    /// <summary>Compares two states of a project.</summary>
    /// <exception cref="OperationCanceledException">The comparison was canceled. Files that were already read remain cached.</exception>
    public static ChangeSet Between(CompilationInputs before, CompilationInputs after, InputCache known, CancellationToken cancellationToken)
    {
        if (!after.HasSettingsOf(before))
        {
            return Everything;
        }

        var (removed, added) = Difference(before.Files, after.Files);
        FileNames[] old = [.. removed.Select(NamesIn)];
        FileNames[] now = [.. added.Select(NamesIn)];

        // Adding or removing a namespace can change the meaning of any name.
        return old.Concat(now).Any(file => file.ConcernsAllFiles) || !Namespaces(old).SetEquals(Namespaces(now))
            ? Everything
            : AffectedBy(old, now, added, after.Files.Except(added), NamesIn);

        FileNames NamesIn(SyntaxTree file)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return known.NamesIn(file);
        }
    }

    /// <summary>Returns whether the code in an unchanged file may have another meaning after the edit.</summary>
    public bool Affects(SyntaxTree file) => _affected is null || _affected.Contains(file);

    /// <summary>
    /// Returns whether a type that was added or removed may affect a proxy although no file mentions it: a member that is declared in another assembly names
    /// types too, and a type of the project hides those of assemblies. This may also be the reason why an interface has no proxy.
    /// </summary>
    public bool MayHideFrom(ProxyModel? proxy) =>
        _addedOrRemoved.Count > 0 && (proxy is null || _addedOrRemoved.Any(name => proxy.Members.Any(member => member.Signature.Contains(name))));

    private static ChangeSet AffectedBy(FileNames[] old, FileNames[] now, IEnumerable<SyntaxTree> added, IEnumerable<SyntaxTree> unchanged, Func<SyntaxTree, FileNames> namesIn)
    {
        var affected = new HashSet<SyntaxTree>(added);
        var left = unchanged.ToList();
        var types = new HashSet<string>(old.SelectMany(file => file.Types), StringComparer.Ordinal);
        var addedOrRemoved = new HashSet<string>(types, StringComparer.Ordinal);
        addedOrRemoved.SymmetricExceptWith(now.SelectMany(file => file.Types));
        types.UnionWith(now.SelectMany(file => file.Types));
        var latest = types;
        for (var lookups = 0L; latest.Count > 0;)
        {
            lookups += (long)latest.Count * left.Count;
            if (lookups > MaxLookups)
            {
                return Everything;
            }

            var mentioning = left.Where(file => namesIn(file).MayMention(latest)).ToList();
            if (mentioning.Any(file => namesIn(file).ConcernsAllFiles))
            {
                return Everything;
            }

            affected.UnionWith(mentioning);
            left.RemoveAll(affected.Contains);
            latest = new HashSet<string>(mentioning.SelectMany(file => namesIn(file).Types).Where(types.Add), StringComparer.Ordinal);
        }

        return new ChangeSet(affected, addedOrRemoved);
    }

    private static ImmutableHashSet<string> Namespaces(FileNames[] files) => [.. files.SelectMany(file => file.Namespaces)];

    /// <summary>Returns the removed and the added files. The others keep their order, which the members of partial types depend on.</summary>
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
