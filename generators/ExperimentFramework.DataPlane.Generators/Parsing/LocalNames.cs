using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ExperimentFramework.DataPlane.Generators.Parsing;

/// <summary>Finds out whether a name may be that of a parameter or a local variable, which a look-up from the type's body does not see.</summary>
internal static class LocalNames
{
    /// <summary>Whether the member that contains an expression, or a primary constructor around it, declares the first name of the expression. The scope is not looked at: at worst a constant is missing.</summary>
    public static bool Hide(ExpressionSyntax expression)
    {
        if (FirstName(expression) is not { } name)
        {
            return false;
        }

        foreach (var ancestor in expression.Ancestors())
        {
            if (ancestor is TypeDeclarationSyntax type)
            {
                if (type.ParameterList?.Parameters.Any(parameter => parameter.Identifier.ValueText == name) == true)
                {
                    return true;
                }
            }
            else if (ancestor is MemberDeclarationSyntax and not BaseNamespaceDeclarationSyntax && ancestor.DescendantNodes().Any(node => DeclaredBy(node) == name))
            {
                return true;
            }
        }

        return false;
    }

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
