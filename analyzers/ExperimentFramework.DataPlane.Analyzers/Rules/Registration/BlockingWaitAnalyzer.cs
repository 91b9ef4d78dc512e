using System.Collections.Immutable;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Looks at waits that hold their thread for a call that can resume in its caller's synchronization context.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class BlockingWaitAnalyzer : DiagnosticAnalyzer
{
    /// <summary>Compiles in code that resumes in the caller's context: control runs where the failed variant was called.</summary>
    private const string Switch = "FallbackToControl";

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [RegistrationDescriptors.BlockingWait];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (start.Compilation.GetTypeByMetadataName(WellKnownNames.ExposureLogged) is { } tag)
            {
                start.RegisterOperationAction(operation => Analyze(operation, tag), OperationKind.Invocation, OperationKind.PropertyReference);
            }
        });
    }

    private static void Analyze(OperationAnalysisContext context, INamedTypeSymbol tag)
    {
        foreach (var task in BlockingWait.TasksOf(context.Operation))
        {
            if (Call(task) is { } call
                && ResultShape.IsAwaited(call.TargetMethod)
                && ExposingCall.InterfaceOf(call, tag, context.Compilation) is { } tagged
                && tagged.TryGet(Switch, out bool isOn)
                && isOn)
            {
                context.ReportDiagnostic(Diagnostic.Create(
                    RegistrationDescriptors.BlockingWait, BlockingWait.PlaceOf(context.Operation), call.TargetMethod.Name, tagged.Type.Name));
            }
        }
    }

    /// <summary>The call that made a task, also where a variable holds it that is used for nothing else.</summary>
    private static IInvocationOperation? Call(IOperation task) => task switch
    {
        IConversionOperation conversion => Call(conversion.Operand),
        IInvocationOperation { TargetMethod.Name: "AsTask" or "Preserve" or "ConfigureAwait" or "WaitAsync", Instance: { } inner } => Call(inner),
        IInvocationOperation call => call,
        ILocalReferenceOperation local when LocalValue.OnlyUse(local) is { } value => Call(value),
        _ => null,
    };
}
