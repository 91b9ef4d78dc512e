using System.Collections.Immutable;
using System.Composition;
using ExperimentFramework.DataPlane.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ExperimentFramework.DataPlane.CodeFixes;

/// <summary>DP3005: redacts subjects to pseudonyms.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(UsePseudonymFix))]
[Shared]
public sealed class UsePseudonymFix : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [SubjectDescriptors.SubjectPlaceholder.Id];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        // Where the field is only named there is no mode to change.
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        if (root?.FindNode(context.Span, getInnermostNodeForTie: true) is not MemberAccessExpressionSyntax { Name: IdentifierNameSyntax { Identifier.ValueText: "Placeholder" } mode })
        {
            return;
        }

        context.RegisterCodeFix(
            CodeAction.Create(
                "Use a pseudonym",
                _ => Task.FromResult(context.Document.WithSyntaxRoot(root.ReplaceNode(mode, SyntaxFactory.IdentifierName("Pseudonym").WithTriviaFrom(mode)))),
                nameof(UsePseudonymFix)),
            context.Diagnostics);
    }
}
