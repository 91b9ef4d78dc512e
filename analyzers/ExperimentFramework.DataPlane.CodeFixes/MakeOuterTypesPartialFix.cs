using System.Collections.Immutable;
using System.Composition;
using ExperimentFramework.DataPlane.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ExperimentFramework.DataPlane.CodeFixes;

/// <summary>DP1002: makes the types around an interface partial, so that its proxy can be nested in them.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(MakeOuterTypesPartialFix))]
[Shared]
public sealed class MakeOuterTypesPartialFix() : DiagnosticFix(ShapeDescriptors.InterfaceNotReachable)
{
    /// <inheritdoc/>
    private protected override Task OfferAsync(CodeFixContext context, SyntaxNode root, SemanticModel model)
    {
        var fixable = context.Diagnostics.Where(diagnostic => diagnostic.Properties.ContainsKey(FixProperties.Partial)).ToImmutableArray();
        if (!fixable.IsEmpty && root.FindNode(context.Span).FirstAncestorOrSelf<InterfaceDeclarationSyntax>() is { } declaration)
        {
            Offer(
                context,
                "Make the outer types partial",
                () => root.ReplaceNodes(
                    declaration.Ancestors().OfType<TypeDeclarationSyntax>().Where(outer => !outer.Modifiers.Any(SyntaxKind.PartialKeyword)),
                    (_, outer) => Partial(outer)),
                diagnostics: fixable);
        }

        return Task.CompletedTask;
    }

    private static TypeDeclarationSyntax Partial(TypeDeclarationSyntax type)
    {
        var partial = SyntaxFactory.Token(SyntaxKind.PartialKeyword).WithTrailingTrivia(SyntaxFactory.Space);
        return type.Modifiers.Count > 0
            ? (TypeDeclarationSyntax)type.AddModifiers(partial)
            : type.WithKeyword(type.Keyword.WithLeadingTrivia()).WithModifiers([partial.WithLeadingTrivia(type.Keyword.LeadingTrivia)]);
    }
}
