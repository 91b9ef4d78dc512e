using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Code that runs only sometimes, or several times.</summary>
internal static class ControlFlow
{
    /// <summary>Whether code stands in a branch or a loop of its own method or lambda.</summary>
    public static bool IsConditional(SyntaxNode code) => code.Ancestors()
        .TakeWhile(node => node is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or MemberDeclarationSyntax))
        .Any(node => node is IfStatementSyntax or SwitchStatementSyntax or ConditionalExpressionSyntax or SwitchExpressionSyntax
            or ForStatementSyntax or CommonForEachStatementSyntax or WhileStatementSyntax or DoStatementSyntax or TryStatementSyntax);
}
