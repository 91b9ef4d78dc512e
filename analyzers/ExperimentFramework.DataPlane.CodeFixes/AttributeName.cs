using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Editing;

namespace ExperimentFramework.DataPlane.CodeFixes;

/// <summary>Names attributes as short as their document allows.</summary>
internal static class AttributeName
{
    /// <summary>The name in full, which the clean-up of a fix shortens where the namespace is imported; null where the document's project does not know the attribute.</summary>
    public static async Task<NameSyntax?> OfAsync(string fullName, Document document, CancellationToken cancellationToken)
    {
        var compilation = await document.Project.GetCompilationAsync(cancellationToken).ConfigureAwait(false);
        return compilation?.GetTypeByMetadataName(fullName) is { } type
            ? SyntaxGenerator.GetGenerator(document).TypeExpression(type) as NameSyntax
            : null;
    }
}
