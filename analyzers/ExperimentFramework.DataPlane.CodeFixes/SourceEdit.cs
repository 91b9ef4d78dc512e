using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.CodeFixes;

/// <summary>Replaces code in any document of a solution.</summary>
internal static class SourceEdit
{
    public static async Task<Solution> ReplaceAsync<TNode>(Solution solution, TNode old, TNode replacement, CancellationToken cancellationToken)
        where TNode : SyntaxNode =>
        await ReplaceAsync(solution, [(old, replacement)], cancellationToken).ConfigureAwait(false);

    public static async Task<Solution> ReplaceAsync<TNode>(
        Solution solution, IEnumerable<(TNode Old, TNode Replacement)> edits, CancellationToken cancellationToken)
        where TNode : SyntaxNode
    {
        foreach (var treeEdits in edits.GroupBy(edit => edit.Old.SyntaxTree))
        {
            if (solution.GetDocument(treeEdits.Key) is { } document)
            {
                var replacements = treeEdits.ToDictionary(edit => edit.Old, edit => edit.Replacement);
                var root = await treeEdits.Key.GetRootAsync(cancellationToken).ConfigureAwait(false);
                solution = solution.WithDocumentSyntaxRoot(document.Id, root.ReplaceNodes(replacements.Keys, (old, _) => replacements[old]));
            }
        }

        return solution;
    }
}
