using System.Composition;
using ExperimentFramework.DataPlane.Analyzers;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ExperimentFramework.DataPlane.CodeFixes;

/// <summary>DP4003: tags the interface with <c>[ExposureLogged]</c>.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AddTagFix))]
[Shared]
public sealed class AddTagFix() : DiagnosticFix(RegistrationDescriptors.UntaggedInterface)
{
    /// <inheritdoc/>
    private protected override async Task OfferAsync(CodeFixContext context, SyntaxNode root, SemanticModel model)
    {
        var solution = context.Document.Project.Solution;
        var name = root.FindNode(context.Span, getInnermostNodeForTie: true);
        if (await InterfaceSource.DefinitionAsync(ServiceAt(name, model, context.CancellationToken), solution, context.CancellationToken).ConfigureAwait(false) is not { } service
            || await service.DeclaringSyntaxReferences[0].GetSyntaxAsync(context.CancellationToken).ConfigureAwait(false) is not InterfaceDeclarationSyntax declaration
            || solution.GetDocument(declaration.SyntaxTree) is not { } document
            || await AttributeName.OfAsync(WellKnownNames.ExposureLogged, document, context.CancellationToken).ConfigureAwait(false) is not { } tag)
        {
            return;
        }

        Offer(
            context,
            $"Tag '{service.Name}' with [ExposureLogged]",
            cancellationToken => SourceEdit.ReplaceAsync(solution, declaration, Tagged(declaration, tag), cancellationToken));
    }

    private static ITypeSymbol? ServiceAt(SyntaxNode name, SemanticModel model, CancellationToken cancellationToken) =>
        model.GetSymbolInfo(name, cancellationToken).Symbol switch
        {
            ITypeSymbol type => type,
            IMethodSymbol { TypeArguments.Length: 1 } method => method.TypeArguments[0],
            _ => null,
        };

    /// <summary>Adds the attribute on a separate line, between the interface's comments and the interface.</summary>
    private static InterfaceDeclarationSyntax Tagged(InterfaceDeclarationSyntax declaration, NameSyntax tag)
    {
        // The host formats the nodes that a fix creates, which indents the next line.
        var list = SyntaxFactory.AttributeList([SyntaxFactory.Attribute(tag)])
            .WithLeadingTrivia(declaration.GetLeadingTrivia())
            .WithTrailingTrivia(EndOfLine(declaration));
        var rest = declaration.WithLeadingTrivia();
        return rest.WithAttributeLists(rest.AttributeLists.Insert(0, list));
    }

    /// <summary>Returns the line ending that the document uses.</summary>
    private static SyntaxTrivia EndOfLine(SyntaxNode node)
    {
        var used = node.SyntaxTree.GetRoot().DescendantTrivia().FirstOrDefault(trivia => trivia.IsKind(SyntaxKind.EndOfLineTrivia));
        return used.IsKind(SyntaxKind.None) ? SyntaxFactory.LineFeed : SyntaxFactory.EndOfLine(used.ToFullString());
    }
}
