using System.Collections.Immutable;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Checks the names of recorded metrics, which follow the rule of experiment names.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class MetricNameAnalyzer : ExperimentAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [ExposureDescriptors.InvalidName];

    private protected override void Start(CompilationStartAnalysisContext start, INamedTypeSymbol tag) =>
        start.RegisterOperationAction(Analyze, OperationKind.Invocation);

    private static void Analyze(OperationAnalysisContext context)
    {
        var call = (IInvocationOperation)context.Operation;
        if (call.TargetMethod.Name == "RecordAsync"
            && SymbolName.Is(call.TargetMethod.ContainingType, KnownNames.MetricRecorder)
            && TrialDescription.Constant(call, "metric") is (string name, { } place)
            && NameRules.Validate(name) is { } error)
        {
            context.ReportDiagnostic(Diagnostic.Create(ExposureDescriptors.InvalidName, place, "metric", name, error));
        }
    }
}
