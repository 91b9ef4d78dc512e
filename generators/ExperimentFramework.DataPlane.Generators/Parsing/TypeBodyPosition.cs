using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ExperimentFramework.DataPlane.Generators.Parsing;

/// <summary>Finds the position from which a name can be looked up without binding the body of the method that contains it.</summary>
internal static class TypeBodyPosition
{
    /// <summary>Returns the position inside the braces of the containing type; null in top-level statements.</summary>
    public static int? Of(SyntaxNode node) =>
        node.FirstAncestorOrSelf<TypeDeclarationSyntax>() is { OpenBraceToken: { IsMissing: false, Span.End: > 0 and var inside } } ? inside : null;
}
