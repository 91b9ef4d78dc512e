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

/// <summary>DP3004: declares an attribute personal, so that it is redacted, or marks it as reviewed.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(PersonalDataFix))]
[Shared]
public sealed class PersonalDataFix : CodeFixProvider
{
    /// <summary>The key of the fix that redacts.</summary>
    public const string Redact = nameof(PersonalDataFix) + "." + nameof(Redact);

    /// <summary>The key of the fix that marks as reviewed.</summary>
    public const string Review = nameof(PersonalDataFix) + "." + nameof(Review);

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [SubjectDescriptors.PersonalData.Id];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        var model = await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        if (root?.FindNode(context.Span).FirstAncestorOrSelf<ParameterSyntax>() is not { } parameter
            || model!.GetDeclaredSymbol(parameter, context.CancellationToken) is not { } symbol
            || SymbolName.Attribute(symbol, WellKnownNames.ExposureAttribute)?.ApplicationSyntaxReference is not { } reference
            || await reference.GetSyntaxAsync(context.CancellationToken).ConfigureAwait(false) is not AttributeSyntax tag)
        {
            return;
        }

        Register("Redact it: Personal = true", SyntaxKind.TrueLiteralExpression, Redact);
        Register("Mark it as reviewed: Personal = false", SyntaxKind.FalseLiteralExpression, Review);

        void Register(string title, SyntaxKind value, string key) => context.RegisterCodeFix(
            CodeAction.Create(
                title,
                _ => Task.FromResult(context.Document.WithSyntaxRoot(root.ReplaceNode(tag, AttributeArguments.With(tag, "Personal", SyntaxFactory.LiteralExpression(value))))),
                key),
            context.Diagnostics);
    }
}
