using System.Collections.Immutable;
using System.Composition;
using ExperimentFramework.DataPlane.Analyzers;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Editing;

namespace ExperimentFramework.DataPlane.CodeFixes;

/// <summary>DP2004: sets the semantics to <c>Explicit</c>, where they are said or else on the interface.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(MakeExplicitFix))]
[Shared]
public sealed class MakeExplicitFix : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [ExposureDescriptors.RedundantCall.Id];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        foreach (var diagnostic in context.Diagnostics)
        {
            if (await EditsAsync(context.Document, diagnostic, context.CancellationToken).ConfigureAwait(false) is { } edits)
            {
                context.RegisterCodeFix(
                    CodeAction.Create(
                        "Set the semantics to Explicit",
                        cancellationToken => SourceEdit.ReplaceAsync(context.Document.Project.Solution, edits, cancellationToken),
                        nameof(MakeExplicitFix)),
                    diagnostic);
            }
        }
    }

    /// <summary>Each place that decides; null where one of them is out of reach, because the call would still do nothing.</summary>
    private static async Task<IReadOnlyList<(SyntaxNode Old, SyntaxNode Replacement)>?> EditsAsync(
        Document document, Diagnostic diagnostic, CancellationToken cancellationToken)
    {
        var solution = document.Project.Solution;
        var edits = new List<(SyntaxNode, SyntaxNode)>();
        foreach (var place in diagnostic.AdditionalLocations)
        {
            var said = (ExpressionSyntax)(await place.SourceTree!.GetRootAsync(cancellationToken).ConfigureAwait(false)).FindNode(place.SourceSpan, getInnermostNodeForTie: true);
            if (await ExplicitAsync(solution.GetDocument(place.SourceTree), said, cancellationToken).ConfigureAwait(false) is not { } value)
            {
                return null;
            }

            edits.Add((said, value.WithTriviaFrom(said)));
        }

        if (diagnostic.Properties.ContainsKey(FixProperties.Attribute))
        {
            var tag = await InterfaceSource.TagAsync(await ServiceAsync(document, diagnostic, cancellationToken).ConfigureAwait(false), solution, cancellationToken).ConfigureAwait(false);
            if (tag is null
                || await ExplicitAsync(solution.GetDocument(tag.SyntaxTree), AttributeArguments.Value(tag, "Semantics"), cancellationToken).ConfigureAwait(false) is not { } value)
            {
                return null;
            }

            edits.Add((tag, AttributeArguments.With(tag, "Semantics", value)));
        }

        return edits;
    }

    /// <summary>The interface whose logger is called.</summary>
    private static async Task<ITypeSymbol?> ServiceAsync(Document document, Diagnostic diagnostic, CancellationToken cancellationToken)
    {
        var root = await document.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false);
        var model = await document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false);
        var logger = model!.GetSymbolInfo(root!.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true), cancellationToken).Symbol?.ContainingType;
        return logger?.AllInterfaces.Append(logger).FirstOrDefault(type => type is { Name: "IExposureLogger", TypeArguments.Length: 1 })?.TypeArguments[0];
    }

    /// <summary>The value, named as the present one is where that names the enumeration.</summary>
    private static async Task<ExpressionSyntax?> ExplicitAsync(Document? document, ExpressionSyntax? said, CancellationToken cancellationToken)
    {
        if (document is null
            || await document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false) is not { } model
            || model.Compilation.GetTypeByMetadataName(WellKnownNames.Namespace + ".ExposureSemantics") is not { } semantics)
        {
            return null;
        }

        return said is MemberAccessExpressionSyntax access
            && SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(access.Expression, cancellationToken).Symbol, semantics)
                ? access.WithName(SyntaxFactory.IdentifierName("Explicit"))
                : SyntaxFactory.MemberAccessExpression(
                    SyntaxKind.SimpleMemberAccessExpression,
                    (ExpressionSyntax)SyntaxGenerator.GetGenerator(document).TypeExpression(semantics),
                    SyntaxFactory.IdentifierName("Explicit"));
    }
}
