using System.Collections.Immutable;
using System.Composition;
using ExperimentFramework.DataPlane.Analyzers;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ExperimentFramework.DataPlane.CodeFixes;

/// <summary>DP3001: tags the parameter that is named like a subject with <c>[ExposureSubject]</c>.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(TagSubjectFix))]
[Shared]
public sealed class TagSubjectFix : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [SubjectDescriptors.UnknownSubject.Id];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var solution = context.Document.Project.Solution;
        var subjects = new List<ParameterSyntax>();
        foreach (var member in await NamelessMembersAsync(context).ConfigureAwait(false))
        {
            // Where one member stays without a subject, the diagnostic stays too.
            if (SubjectName.Among(ParametersOf(member)) is not { DeclaringSyntaxReferences.IsEmpty: false } subject
                || await subject.DeclaringSyntaxReferences[0].GetSyntaxAsync(context.CancellationToken).ConfigureAwait(false) is not ParameterSyntax parameter)
            {
                return;
            }

            subjects.Add(parameter);
        }

        if (subjects.Count == 0
            || solution.GetDocument(subjects[0].SyntaxTree) is not { } document
            || await AttributeName.OfAsync(WellKnownNames.ExposureSubject, document, context.CancellationToken).ConfigureAwait(false) is not { } tag)
        {
            return;
        }

        context.RegisterCodeFix(
            CodeAction.Create(
                $"Tag '{string.Join("', '", subjects.Select(parameter => parameter.Identifier.ValueText).Distinct(StringComparer.Ordinal))}' with [ExposureSubject]",
                cancellationToken => SourceEdit.ReplaceAsync(solution, subjects.Select(parameter => (parameter, Tagged(parameter, tag))), cancellationToken),
                nameof(TagSubjectFix)),
            context.Diagnostics);
    }

    /// <summary>The member that is reported or, where a registration is, all such members of its interface.</summary>
    private static async Task<IReadOnlyList<ISymbol>> NamelessMembersAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        var model = await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        if (root?.FindNode(context.Span, getInnermostNodeForTie: true) is not { } node)
        {
            return [];
        }

        if (node is MemberDeclarationSyntax && model!.GetDeclaredSymbol(node, context.CancellationToken) is { } member)
        {
            return [member];
        }

        var solution = context.Document.Project.Solution;
        if (await InterfaceSource.DefinitionAsync(model!.GetTypeInfo(node, context.CancellationToken).Type, solution, context.CancellationToken).ConfigureAwait(false) is not { } service
            || solution.GetProject(service.ContainingAssembly, context.CancellationToken) is not { } project
            || await project.GetCompilationAsync(context.CancellationToken).ConfigureAwait(false) is not { } compilation
            || compilation.GetTypeByMetadataName(WellKnownNames.ExposureLogged) is not { } tag)
        {
            return [];
        }

        return TaggedInterface.Of(service, tag)?.MembersWithoutSubject(compilation).ToList() ?? [];
    }

    private static ImmutableArray<IParameterSymbol> ParametersOf(ISymbol member) => member switch
    {
        IMethodSymbol method => method.Parameters,
        IPropertySymbol property => property.Parameters,
        _ => [],
    };

    private static ParameterSyntax Tagged(ParameterSyntax parameter, NameSyntax tag)
    {
        var list = SyntaxFactory.AttributeList([SyntaxFactory.Attribute(tag)])
            .WithLeadingTrivia(parameter.GetLeadingTrivia())
            .WithTrailingTrivia(SyntaxFactory.Space);
        var rest = parameter.WithLeadingTrivia();
        return rest.WithAttributeLists(rest.AttributeLists.Insert(0, list));
    }
}
