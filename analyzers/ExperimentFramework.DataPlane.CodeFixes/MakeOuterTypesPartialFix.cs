using System.Collections.Immutable;
using System.Composition;
using ExperimentFramework.DataPlane.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ExperimentFramework.DataPlane.CodeFixes;

/// <summary>DP1002: makes the types around an interface partial, so that its proxy can be nested in them.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(MakeOuterTypesPartialFix))]
[Shared]
public sealed class MakeOuterTypesPartialFix : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [ShapeDescriptors.InterfaceNotReachable.Id];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var curable = context.Diagnostics.Where(diagnostic => diagnostic.Properties.ContainsKey(FixProperties.Partial)).ToImmutableArray();
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        if (curable.IsEmpty || root?.FindNode(context.Span).FirstAncestorOrSelf<InterfaceDeclarationSyntax>() is not { } declaration)
        {
            return;
        }

        context.RegisterCodeFix(
            CodeAction.Create(
                "Make the outer types partial",
                _ => Task.FromResult(context.Document.WithSyntaxRoot(root.ReplaceNodes(
                    declaration.Ancestors().OfType<TypeDeclarationSyntax>().Where(outer => !outer.Modifiers.Any(SyntaxKind.PartialKeyword)),
                    (_, outer) => Partial(outer)))),
                nameof(MakeOuterTypesPartialFix)),
            curable);
    }

    private static TypeDeclarationSyntax Partial(TypeDeclarationSyntax type)
    {
        var partial = SyntaxFactory.Token(SyntaxKind.PartialKeyword).WithTrailingTrivia(SyntaxFactory.Space);
        return type.Modifiers.Count > 0
            ? (TypeDeclarationSyntax)type.AddModifiers(partial)
            : type.WithKeyword(type.Keyword.WithLeadingTrivia()).WithModifiers([partial.WithLeadingTrivia(type.Keyword.LeadingTrivia)]);
    }
}
