using System.Composition;
using System.Globalization;
using ExperimentFramework.DataPlane.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ExperimentFramework.DataPlane.CodeFixes;

/// <summary>DP2001: sets a sampling rate to the nearest allowed value; to 1, which loses nothing, if it is not a number.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ClampSamplingRateFix))]
[Shared]
public sealed class ClampSamplingRateFix() : DiagnosticFix(ExposureDescriptors.SamplingRateOutOfRange)
{
    /// <inheritdoc/>
    private protected override Task OfferAsync(CodeFixContext context, SyntaxNode root, SemanticModel model)
    {
        if (root.FindNode(context.Span, getInnermostNodeForTie: true) is ExpressionSyntax rate
            && model.GetConstantValue(rate, context.CancellationToken) is { HasValue: true, Value: IConvertible constant })
        {
            var clamped = constant.ToDouble(CultureInfo.InvariantCulture) < 0 ? 0 : 1;
            Offer(context, $"Set the sampling rate to {clamped}", () => root.ReplaceNode(rate, Literal(clamped).WithTriviaFrom(rate)));
        }

        return Task.CompletedTask;
    }

    private static LiteralExpressionSyntax Literal(int value) =>
        SyntaxFactory.LiteralExpression(SyntaxKind.NumericLiteralExpression, SyntaxFactory.Literal(value));
}
