using System.Composition;
using ExperimentFramework.DataPlane.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ExperimentFramework.DataPlane.CodeFixes;

/// <summary>DP4004: replaces the invalid key of a variant by an unused one.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(RenameVariantKeyFix))]
[Shared]
public sealed class RenameVariantKeyFix() : DiagnosticFix(RegistrationDescriptors.InvalidVariants)
{
    /// <inheritdoc/>
    private protected override Task OfferAsync(CodeFixContext context, SyntaxNode root, SemanticModel model)
    {
        foreach (var diagnostic in context.Diagnostics)
        {
            if (diagnostic.Properties.TryGetValue(FixProperties.FreeKey, out var key) && key is not null
                && root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true) is ExpressionSyntax existing)
            {
                var renamed = SyntaxFactory.LiteralExpression(SyntaxKind.StringLiteralExpression, SyntaxFactory.Literal(key)).WithTriviaFrom(existing);
                Offer(context, $"Rename the variant to '{key}'", () => root.ReplaceNode(existing, renamed), diagnostics: [diagnostic]);
            }
        }

        return Task.CompletedTask;
    }
}
