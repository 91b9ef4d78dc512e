using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Editing;

namespace ExperimentFramework.DataPlane.CodeFixes;

/// <summary>Names attributes as briefly as their document allows.</summary>
internal static class AttributeName
{
    /// <summary>
    /// Returns the full name, which the cleanup of a fix shortens if the namespace is imported; null if the document's project does not have the attribute.
    /// </summary>
    public static async Task<NameSyntax?> OfAsync(string fullName, Document document, CancellationToken cancellationToken)
    {
        var compilation = await document.Project.GetCompilationAsync(cancellationToken).ConfigureAwait(false);
        return compilation is not null && TypeLookup.Find(compilation, fullName) is { } type
            ? SyntaxGenerator.GetGenerator(document).TypeExpression(type) as NameSyntax
            : null;
    }
}
