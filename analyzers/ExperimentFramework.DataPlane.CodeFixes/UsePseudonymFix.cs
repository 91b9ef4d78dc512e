using System.Composition;
using ExperimentFramework.DataPlane.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ExperimentFramework.DataPlane.CodeFixes;

/// <summary>DP3005: replaces subject ids by pseudonyms instead of a placeholder.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(UsePseudonymFix))]
[Shared]
public sealed class UsePseudonymFix() : DiagnosticFix(SubjectDescriptors.SubjectPlaceholder)
{
    /// <inheritdoc/>
    private protected override Task OfferAsync(CodeFixContext context, SyntaxNode root, SemanticModel model)
    {
        // RedactFields names only the field, so there is no mode to change.
        if (root.FindNode(context.Span, getInnermostNodeForTie: true) is MemberAccessExpressionSyntax { Name: IdentifierNameSyntax { Identifier.ValueText: "Placeholder" } mode })
        {
            Offer(context, "Use a pseudonym", () => root.ReplaceNode(mode, SyntaxFactory.IdentifierName("Pseudonym").WithTriviaFrom(mode)));
        }

        return Task.CompletedTask;
    }
}
