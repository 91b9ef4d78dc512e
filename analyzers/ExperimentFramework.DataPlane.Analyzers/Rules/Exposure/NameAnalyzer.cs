using System.Collections.Immutable;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Checks the names of registered experiments and in recorded metrics and exposures, and the units of metrics, which follow the same rule.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class NameAnalyzer : ExperimentAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [ExposureDescriptors.InvalidName];

    private protected override void Start(CompilationStartAnalysisContext start, INamedTypeSymbol tag) =>
        start.RegisterOperationAction(Analyze, OperationKind.Invocation);

    private static void Analyze(OperationAnalysisContext context)
    {
        foreach (var (role, name, place) in NamesIn((IInvocationOperation)context.Operation))
        {
            if (NameRules.Validate(name) is { } error)
            {
                context.ReportDiagnostic(Diagnostic.Create(ExposureDescriptors.InvalidName, place, role, name, error));
            }
        }
    }

    /// <summary>Returns the constant names that a call passes, each with its role.</summary>
    private static IEnumerable<(string Role, string Name, Location Place)> NamesIn(IInvocationOperation call) => call.TargetMethod switch
    {
        { Name: WellKnownNames.TrialMethod or WellKnownNames.ExperimentMethod, ContainingType: var type } when SymbolName.Is(type, WellKnownNames.Builder) =>
            Argument("experiment name", call, "name"),
        { Name: "Named", ContainingType: { Name: "ExposureLoggingBuilder" } type } when SymbolName.IsIn(type, WellKnownNames.Namespace) =>
            Argument("experiment name", call, "experimentName"),
        { Name: "RecordAsync", ContainingType: var type } when SymbolName.Is(type, KnownNames.MetricRecorder) =>
            [.. Argument("metric name", call, "metric"), .. Unit(CreatedObject.Of(call, "details"))],
        { Name: "RecordAsync", ContainingType: var type } when SymbolName.Is(type, KnownNames.ExposureRecorder) && CreatedObject.Of(call, "exposure") is { } exposure =>
            [.. Named("experiment name", exposure.Constant("ExperimentName")), .. Named("variant key", exposure.Constant("VariantKey"))],
        { Name: "PublishAsync", ContainingType: var type }
            when SymbolName.Is(type, KnownNames.Publisher) && CreatedObject.Of(call, "dataPlaneEvent") is { } published && SymbolName.Is(published.Type, KnownNames.MetricEvent) =>
            [.. Named("metric name", published.Constant("MetricName")), .. Unit(published)],
        _ => [],
    };

    private static IEnumerable<(string Role, string Name, Location Place)> Argument(string role, IInvocationOperation call, string parameter) =>
        TrialDescription.Constant(call, parameter) is (string name, { } place) ? [(role, name, place)] : [];

    /// <summary>An empty unit is the same as none.</summary>
    private static IEnumerable<(string Role, string Name, Location Place)> Unit(CreatedObject? metric) =>
        metric?.Constant("Unit") is { Value.Length: > 0 } unit ? Named("unit", unit) : [];

    private static IEnumerable<(string Role, string Name, Location Place)> Named(string role, (string Value, Location Place)? constant) =>
        constant is var (value, place) ? [(role, value, place)] : [];
}
