using System.Composition;
using ExperimentFramework.DataPlane.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;

namespace ExperimentFramework.DataPlane.CodeFixes;

/// <summary>DP4007: sets <c>FallbackToControl = true</c> on the interface.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AllowFallbackFix))]
[Shared]
public sealed class AllowFallbackFix() : DiagnosticFix(RegistrationDescriptors.FallbackNotCompiledIn)
{
    /// <inheritdoc/>
    private protected override async Task OfferAsync(CodeFixContext context, SyntaxNode root, SemanticModel model)
    {
        var solution = context.Document.Project.Solution;
        if (model.GetSymbolInfo(root.FindNode(context.Span), context.CancellationToken).Symbol?.ContainingType is { TypeArguments.Length: 1 } builder
            && await InterfaceSource.TagAsync(builder.TypeArguments[0], solution, context.CancellationToken).ConfigureAwait(false) is { } tag)
        {
            Offer(
                context,
                $"Set FallbackToControl = true on '{builder.TypeArguments[0].Name}'",
                cancellationToken => SourceEdit.ReplaceAsync(
                    solution,
                    tag,
                    AttributeArguments.With(tag, "FallbackToControl", SyntaxFactory.LiteralExpression(SyntaxKind.TrueLiteralExpression)),
                    cancellationToken));
        }
    }
}
