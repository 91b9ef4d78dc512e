using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ExperimentFramework.DataPlane.Generators.Parsing;

/// <summary>
/// Finds out whether a name may be that of a parameter or a local variable, which a look-up from the type's body does not see. It does see the parameters of a
/// primary constructor.
/// </summary>
internal static class LocalNames
{
    /// <summary>Returns whether the member that contains an expression declares the first name of the expression. The scope is not looked at: at worst a constant is missing.</summary>
    public static bool Hide(ExpressionSyntax expression) =>
        FirstName(expression) is { } name
        && expression.Ancestors().Any(ancestor => ancestor is MemberDeclarationSyntax and not (TypeDeclarationSyntax or BaseNamespaceDeclarationSyntax)
            && ancestor.DescendantNodes().Any(node => DeclaredBy(node) == name));

    private static string? FirstName(ExpressionSyntax expression) => expression switch
    {
        IdentifierNameSyntax name => name.Identifier.ValueText,
        MemberAccessExpressionSyntax access => FirstName(access.Expression),
        _ => null,
    };

    private static string? DeclaredBy(SyntaxNode node) => node switch
    {
        ParameterSyntax parameter => parameter.Identifier.ValueText,
        VariableDeclaratorSyntax { Parent.Parent: not BaseFieldDeclarationSyntax } local => local.Identifier.ValueText,
        SingleVariableDesignationSyntax designation => designation.Identifier.ValueText,
        ForEachStatementSyntax loop => loop.Identifier.ValueText,
        CatchDeclarationSyntax caught => caught.Identifier.ValueText,
        LocalFunctionStatementSyntax function => function.Identifier.ValueText,
        FromClauseSyntax range => range.Identifier.ValueText,
        LetClauseSyntax range => range.Identifier.ValueText,
        JoinClauseSyntax range => range.Identifier.ValueText,
        JoinIntoClauseSyntax range => range.Identifier.ValueText,
        QueryContinuationSyntax range => range.Identifier.ValueText,
        _ => null,
    };
}
