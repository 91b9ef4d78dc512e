using System.Collections.Immutable;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Finds blocking waits for calls that can resume in the synchronization context of their caller.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class BlockingWaitAnalyzer : DiagnosticAnalyzer
{
    /// <summary>The setting whose generated code resumes in the caller's context: control runs in the context in which the failed variant was called.</summary>
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
            if (TypeLookup.Find(start.Compilation, WellKnownNames.ExposureLogged) is { } tag)
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

    /// <summary>Returns the call that created a task, including one that is stored in a variable with no other use.</summary>
    private static IInvocationOperation? Call(IOperation task) => task switch
    {
        IConversionOperation conversion => Call(conversion.Operand),
        IInvocationOperation call => AwaitableCall.Wrapped(call) is { } wrapped ? Call(wrapped) : call,
        ILocalReferenceOperation local when LocalValue.OnlyUse(local) is { } value => Call(value),
        _ => null,
    };
}
