using System.Collections.Immutable;
using System.Composition;
using ExperimentFramework.DataPlane.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ExperimentFramework.DataPlane.CodeFixes;

/// <summary>DP4004: gives a variant a key that is free.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(RenameVariantKeyFix))]
[Shared]
public sealed class RenameVariantKeyFix : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [RegistrationDescriptors.InvalidVariants.Id];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        foreach (var diagnostic in context.Diagnostics)
        {
            if (diagnostic.Properties.TryGetValue(FixProperties.FreeKey, out var key) && key is not null
                && root?.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true) is ExpressionSyntax said)
            {
                var renamed = SyntaxFactory.LiteralExpression(SyntaxKind.StringLiteralExpression, SyntaxFactory.Literal(key)).WithTriviaFrom(said);
                context.RegisterCodeFix(
                    CodeAction.Create(
                        $"Rename the variant to '{key}'",
                        _ => Task.FromResult(context.Document.WithSyntaxRoot(root.ReplaceNode(said, renamed))),
                        nameof(RenameVariantKeyFix)),
                    diagnostic);
            }
        }
    }
}
