using System.Collections.Immutable;
using System.Composition;
using System.Globalization;
using ExperimentFramework.DataPlane.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ExperimentFramework.DataPlane.CodeFixes;

/// <summary>DP2001: sets a sampling rate to the nearest one that is allowed; to 1, which loses nothing, where it is no number.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ClampSamplingRateFix))]
[Shared]
public sealed class ClampSamplingRateFix : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [ExposureDescriptors.SamplingRateOutOfRange.Id];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        var model = await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        if (root?.FindNode(context.Span, getInnermostNodeForTie: true) is not ExpressionSyntax said
            || model?.GetConstantValue(said, context.CancellationToken) is not { HasValue: true, Value: IConvertible constant })
        {
            return;
        }

        var clamped = constant.ToDouble(CultureInfo.InvariantCulture) < 0 ? 0 : 1;
        context.RegisterCodeFix(
            CodeAction.Create(
                $"Set the sampling rate to {clamped}",
                _ => Task.FromResult(context.Document.WithSyntaxRoot(root.ReplaceNode(said, Literal(clamped).WithTriviaFrom(said)))),
                nameof(ClampSamplingRateFix)),
            context.Diagnostics);
    }

    private static LiteralExpressionSyntax Literal(int value) =>
        SyntaxFactory.LiteralExpression(SyntaxKind.NumericLiteralExpression, SyntaxFactory.Literal(value));
}
