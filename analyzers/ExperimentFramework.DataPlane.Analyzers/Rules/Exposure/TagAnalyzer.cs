using System.Collections.Immutable;
using System.Globalization;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Checks the arguments of <c>[ExposureLogged]</c>, and whether the interface has an exposing member.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class TagAnalyzer : ExperimentAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
    [
        ExposureDescriptors.SamplingRateOutOfRange,
        ExposureDescriptors.SamplingRateZero,
        ExposureDescriptors.InvalidName,
        ExposureDescriptors.NothingExposes,
        ExposureDescriptors.UndefinedValue,
    ];

    /// <inheritdoc/>
    private protected override void Start(CompilationStartAnalysisContext start, INamedTypeSymbol tag)
    {
        start.RegisterSymbolAction(
            symbol =>
            {
                if (TaggedInterface.Of(symbol.Symbol, tag) is { } tagged)
                {
                    CheckName(symbol, tagged);
                    CheckSamplingRate(symbol, tagged);
                    CheckSemantics(symbol, tagged);
                    CheckMembers(symbol, tagged);
                }
            },
            SymbolKind.NamedType);
    }

    private static void CheckName(SymbolAnalysisContext context, TaggedInterface tagged)
    {
        if (tagged.Attribute.ConstructorArguments.FirstOrDefault().Value is string name && NameRules.Validate(name) is { } error)
        {
            context.ReportDiagnostic(Diagnostic.Create(
                ExposureDescriptors.InvalidName, TaggedInterface.ArgumentLocation(tagged.Attribute, null, context.CancellationToken), "experiment name", name, error));
        }
    }

    private static void CheckSamplingRate(SymbolAnalysisContext context, TaggedInterface tagged)
    {
        if (!tagged.TryGet("SamplingRate", out double rate))
        {
            return;
        }

        var location = TaggedInterface.ArgumentLocation(tagged.Attribute, "SamplingRate", context.CancellationToken);
        if (!OptionRanges.SamplingRate.Contains(rate))
        {
            context.ReportDiagnostic(Diagnostic.Create(ExposureDescriptors.SamplingRateOutOfRange, location, rate.ToString(CultureInfo.InvariantCulture)));
        }
        else if (rate == 0)
        {
            context.ReportDiagnostic(Diagnostic.Create(ExposureDescriptors.SamplingRateZero, location, tagged.Type.Name));
        }
    }

    private static void CheckSemantics(SymbolAnalysisContext context, TaggedInterface tagged)
    {
        if (tagged.Semantics is { } semantics && (semantics < 0 || semantics >= KnownSemantics.Names.Length))
        {
            context.ReportDiagnostic(Diagnostic.Create(
                ExposureDescriptors.UndefinedValue,
                TaggedInterface.ArgumentLocation(tagged.Attribute, "Semantics", context.CancellationToken),
                semantics.ToString(CultureInfo.InvariantCulture),
                "ExposureSemantics",
                string.Join(", ", KnownSemantics.Names)));
        }
    }

    private static void CheckMembers(SymbolAnalysisContext context, TaggedInterface tagged)
    {
        if (!tagged.ExposingMembers(context.Compilation).Any()
            && !ShapeClassifier.Classify(tagged.Type, context.Compilation).Any(ShapeClassifier.IsError))
        {
            context.ReportDiagnostic(Diagnostic.Create(
                ExposureDescriptors.NothingExposes, tagged.Location(context.CancellationToken), tagged.Type.Name));
        }
    }
}
