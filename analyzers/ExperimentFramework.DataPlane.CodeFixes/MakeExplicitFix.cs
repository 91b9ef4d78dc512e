using System.Composition;
using ExperimentFramework.DataPlane.Analyzers;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Editing;

namespace ExperimentFramework.DataPlane.CodeFixes;

/// <summary>DP2004: sets the semantics to <c>Explicit</c> where they are set, or else on the interface.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(MakeExplicitFix))]
[Shared]
public sealed class MakeExplicitFix() : DiagnosticFix(ExposureDescriptors.RedundantCall)
{
    /// <inheritdoc/>
    private protected override async Task OfferAsync(CodeFixContext context, SyntaxNode root, SemanticModel model)
    {
        foreach (var diagnostic in context.Diagnostics)
        {
            if (await EditsAsync(context.Document, root, model, diagnostic, context.CancellationToken).ConfigureAwait(false) is { } edits)
            {
                Offer(
                    context,
                    "Set the semantics to Explicit",
                    cancellationToken => SourceEdit.ReplaceAsync(context.Document.Project.Solution, edits, cancellationToken),
                    [diagnostic]);
            }
        }
    }

    /// <summary>Returns the edit of each place that sets the semantics; null if one of them cannot be edited, because the call would still have no effect.</summary>
    private static async Task<IReadOnlyList<(SyntaxNode Old, SyntaxNode Replacement)>?> EditsAsync(
        Document document, SyntaxNode root, SemanticModel model, Diagnostic diagnostic, CancellationToken cancellationToken)
    {
        var solution = document.Project.Solution;
        var edits = new List<(SyntaxNode, SyntaxNode)>();
        foreach (var place in diagnostic.AdditionalLocations)
        {
            var existing = (ExpressionSyntax)(await place.SourceTree!.GetRootAsync(cancellationToken).ConfigureAwait(false)).FindNode(place.SourceSpan, getInnermostNodeForTie: true);
            if (await ExplicitAsync(solution.GetDocument(place.SourceTree), existing, cancellationToken).ConfigureAwait(false) is not { } value)
            {
                return null;
            }

            edits.Add((existing, value.WithTriviaFrom(existing)));
        }

        if (diagnostic.Properties.ContainsKey(FixProperties.Attribute))
        {
            var tag = await InterfaceSource.TagAsync(ServiceAt(root, model, diagnostic, cancellationToken), solution, cancellationToken).ConfigureAwait(false);
            if (tag is null
                || await ExplicitAsync(solution.GetDocument(tag.SyntaxTree), AttributeArguments.Value(tag, "Semantics"), cancellationToken).ConfigureAwait(false) is not { } value)
            {
                return null;
            }

            edits.Add((tag, AttributeArguments.With(tag, "Semantics", value)));
        }

        return edits;
    }

    /// <summary>Returns the interface whose logger is called.</summary>
    private static ITypeSymbol? ServiceAt(SyntaxNode root, SemanticModel model, Diagnostic diagnostic, CancellationToken cancellationToken)
    {
        var logger = model.GetSymbolInfo(root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true), cancellationToken).Symbol?.ContainingType;
        return logger?.AllInterfaces.Append(logger).FirstOrDefault(type => type is { Name: "IExposureLogger", TypeArguments.Length: 1 })?.TypeArguments[0];
    }

    /// <summary>Returns the new value, which names the enumeration as the existing value does.</summary>
    private static async Task<ExpressionSyntax?> ExplicitAsync(Document? document, ExpressionSyntax? existing, CancellationToken cancellationToken)
    {
        if (document is null
            || await document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false) is not { } model
            || TypeLookup.Find(model.Compilation, WellKnownNames.Namespace + ".ExposureSemantics") is not { } semantics)
        {
            return null;
        }

        return existing is MemberAccessExpressionSyntax access
            && SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(access.Expression, cancellationToken).Symbol, semantics)
                ? access.WithName(SyntaxFactory.IdentifierName("Explicit"))
                : SyntaxFactory.MemberAccessExpression(
                    SyntaxKind.SimpleMemberAccessExpression,
                    (ExpressionSyntax)SyntaxGenerator.GetGenerator(document).TypeExpression(semantics),
                    SyntaxFactory.IdentifierName("Explicit"));
    }
}
