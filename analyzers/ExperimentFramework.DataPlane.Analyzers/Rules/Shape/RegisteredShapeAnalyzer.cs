using System.Collections.Immutable;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>
/// Analyzes calls that register an experiment and reports what the generator cannot write for them: proxies of interfaces from other assemblies, and
/// registrations of closed generics.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class RegisteredShapeAnalyzer : ExperimentAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
    [
        ShapeDescriptors.MemberNotForwardable,
        ShapeDescriptors.InterfaceNotReachable,
        ShapeDescriptors.UnsafeWithoutPermission,
        ShapeDescriptors.LanguageTooOld,
    ];

    /// <inheritdoc/>
    private protected override void Start(CompilationStartAnalysisContext start, INamedTypeSymbol tag)
    {
        if (!LanguageNeeds.IsBelowLowest(start.Compilation))
        {
            start.RegisterOperationAction(operation => Analyze(operation, tag), OperationKind.Invocation, OperationKind.MethodReference);
        }
    }

    private static void Analyze(OperationAnalysisContext context, INamedTypeSymbol tag)
    {
        if (RegisteredInterface.Of(context.Operation, tag) is not var (service, location))
        {
            return;
        }

        if (ClosedInterface.Classify(service, context.Compilation) is { } closed)
        {
            context.ReportDiagnostic(ShapeDescriptors.Report(closed, service, location));
        }

        var definition = service.OriginalDefinition;
        if (ShapeClassifier.NeedsProxyOf(definition, context.Compilation))
        {
            foreach (var finding in ReportedShape.Of(definition, context.Compilation, context.CancellationToken).Where(ShapeClassifier.IsError))
            {
                context.ReportDiagnostic(ShapeDescriptors.Report(finding, definition, location));
            }
        }
    }
}
