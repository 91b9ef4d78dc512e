using System.Composition;
using ExperimentFramework.DataPlane.Analyzers;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ExperimentFramework.DataPlane.CodeFixes;

/// <summary>DP3004: declares an attribute personal, so that it is redacted, or marks it as reviewed.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(PersonalDataFix))]
[Shared]
public sealed class PersonalDataFix() : DiagnosticFix(SubjectDescriptors.PersonalData)
{
    /// <summary>The key of the fix that redacts.</summary>
    public const string Redact = nameof(PersonalDataFix) + "." + nameof(Redact);

    /// <summary>The key of the fix that marks as reviewed.</summary>
    public const string Review = nameof(PersonalDataFix) + "." + nameof(Review);

    /// <inheritdoc/>
    private protected override async Task OfferAsync(CodeFixContext context, SyntaxNode root, SemanticModel model)
    {
        if (root.FindNode(context.Span).FirstAncestorOrSelf<ParameterSyntax>() is not { } parameter
            || model.GetDeclaredSymbol(parameter, context.CancellationToken) is not { } symbol
            || SymbolName.Attribute(symbol, WellKnownNames.ExposureAttribute)?.ApplicationSyntaxReference is not { } reference
            || await reference.GetSyntaxAsync(context.CancellationToken).ConfigureAwait(false) is not AttributeSyntax tag)
        {
            return;
        }

        OfferPersonal("Redact it: Personal = true", SyntaxKind.TrueLiteralExpression, Redact);
        OfferPersonal("Mark it as reviewed: Personal = false", SyntaxKind.FalseLiteralExpression, Review);

        void OfferPersonal(string title, SyntaxKind value, string key) =>
            Offer(context, title, () => root.ReplaceNode(tag, AttributeArguments.With(tag, "Personal", SyntaxFactory.LiteralExpression(value))), key);
    }
}
