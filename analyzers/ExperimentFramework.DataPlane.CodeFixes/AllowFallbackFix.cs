using System.Collections.Immutable;
using System.Composition;
using ExperimentFramework.DataPlane.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;

namespace ExperimentFramework.DataPlane.CodeFixes;

/// <summary>DP4007: sets <c>FallbackToControl = true</c> on the interface.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AllowFallbackFix))]
[Shared]
public sealed class AllowFallbackFix : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [RegistrationDescriptors.FallbackNotCompiledIn.Id];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var solution = context.Document.Project.Solution;
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        var model = await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        if (root?.FindNode(context.Span) is { } name
            && model?.GetSymbolInfo(name, context.CancellationToken).Symbol?.ContainingType is { TypeArguments.Length: 1 } builder
            && await InterfaceSource.TagAsync(builder.TypeArguments[0], solution, context.CancellationToken).ConfigureAwait(false) is { } tag)
        {
            context.RegisterCodeFix(
                CodeAction.Create(
                    $"Set FallbackToControl = true on '{builder.TypeArguments[0].Name}'",
                    cancellationToken => SourceEdit.ReplaceAsync(
                        solution,
                        tag,
                        AttributeArguments.With(tag, "FallbackToControl", SyntaxFactory.LiteralExpression(SyntaxKind.TrueLiteralExpression)),
                        cancellationToken),
                    nameof(AllowFallbackFix)),
                context.Diagnostics);
        }
    }
}
