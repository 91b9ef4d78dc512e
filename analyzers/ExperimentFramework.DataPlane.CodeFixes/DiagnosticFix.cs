using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace ExperimentFramework.DataPlane.CodeFixes;

/// <summary>The base class of the code fixes: each fixes one diagnostic and supports fix all.</summary>
public abstract class DiagnosticFix : CodeFixProvider
{
    private protected DiagnosticFix(DiagnosticDescriptor descriptor) => FixableDiagnosticIds = [descriptor.Id];

    /// <inheritdoc/>
    public sealed override ImmutableArray<string> FixableDiagnosticIds { get; }

    /// <inheritdoc/>
    public sealed override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public sealed override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        if (await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false) is { } root
            && await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false) is { } model)
        {
            await OfferAsync(context, root, model).ConfigureAwait(false);
        }
    }

    /// <summary>Offers the actions for the diagnostics of the context.</summary>
    private protected abstract Task OfferAsync(CodeFixContext context, SyntaxNode root, SemanticModel model);

    /// <summary>Offers an action that changes the document.</summary>
    private protected void Offer(CodeFixContext context, string title, Func<SyntaxNode> change, string? key = null, ImmutableArray<Diagnostic> diagnostics = default) =>
        context.RegisterCodeFix(
            CodeAction.Create(title, _ => Task.FromResult(context.Document.WithSyntaxRoot(change())), key ?? GetType().Name),
            diagnostics.IsDefaultOrEmpty ? context.Diagnostics : diagnostics);

    /// <summary>Offers an action that may change any document of the solution.</summary>
    private protected void Offer(
        CodeFixContext context, string title, Func<CancellationToken, Task<Solution>> change, ImmutableArray<Diagnostic> diagnostics = default) =>
        context.RegisterCodeFix(CodeAction.Create(title, change, GetType().Name), diagnostics.IsDefaultOrEmpty ? context.Diagnostics : diagnostics);
}
