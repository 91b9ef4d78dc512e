using System.Collections.Immutable;
using System.Composition;
using ExperimentFramework.DataPlane.Analyzers;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ExperimentFramework.DataPlane.CodeFixes;

/// <summary>DP3001: tags the parameter whose name identifies a subject with <c>[ExposureSubject]</c>.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(TagSubjectFix))]
[Shared]
public sealed class TagSubjectFix() : DiagnosticFix(SubjectDescriptors.UnknownSubject)
{
    /// <inheritdoc/>
    private protected override async Task OfferAsync(CodeFixContext context, SyntaxNode root, SemanticModel model)
    {
        var solution = context.Document.Project.Solution;
        var subjects = new List<ParameterSyntax>();
        foreach (var member in await MembersWithoutSubjectAsync(context, root, model).ConfigureAwait(false))
        {
            // If one member remains without a subject, so does the diagnostic.
            if (SubjectName.Among(ParametersOf(member)) is not { DeclaringSyntaxReferences.IsEmpty: false } subject
                || await subject.DeclaringSyntaxReferences[0].GetSyntaxAsync(context.CancellationToken).ConfigureAwait(false) is not ParameterSyntax parameter)
            {
                return;
            }

            // A generic base that is inherited twice declares it once.
            if (!subjects.Contains(parameter))
            {
                subjects.Add(parameter);
            }
        }

        if (subjects.Count == 0
            || solution.GetDocument(subjects[0].SyntaxTree) is not { } document
            || await AttributeName.OfAsync(WellKnownNames.ExposureSubject, document, context.CancellationToken).ConfigureAwait(false) is not { } tag)
        {
            return;
        }

        Offer(
            context,
            $"Tag '{string.Join("', '", subjects.Select(parameter => parameter.Identifier.ValueText).Distinct(StringComparer.Ordinal))}' with [ExposureSubject]",
            cancellationToken => SourceEdit.ReplaceAsync(solution, subjects.Select(parameter => (parameter, Tagged(parameter, tag))), cancellationToken));
    }

    /// <summary>Returns the reported member, or all such members of the interface if its registration is reported.</summary>
    private static async Task<IReadOnlyList<ISymbol>> MembersWithoutSubjectAsync(CodeFixContext context, SyntaxNode root, SemanticModel model)
    {
        var node = root.FindNode(context.Span, getInnermostNodeForTie: true);
        if (node is MemberDeclarationSyntax && model.GetDeclaredSymbol(node, context.CancellationToken) is { } member)
        {
            return [member];
        }

        var solution = context.Document.Project.Solution;
        if (await InterfaceSource.DefinitionAsync(model.GetTypeInfo(node, context.CancellationToken).Type, solution, context.CancellationToken).ConfigureAwait(false) is not { } service
            || solution.GetProject(service.ContainingAssembly, context.CancellationToken) is not { } project
            || await project.GetCompilationAsync(context.CancellationToken).ConfigureAwait(false) is not { } compilation
            || TypeLookup.Find(compilation, WellKnownNames.ExposureLogged) is not { } tag)
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
