using System.Collections.Immutable;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Checks how subject ids are redacted.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class SubjectRedactionAnalyzer : DiagnosticAnalyzer
{
    private const string SubjectField = "subjectId";
    private const int Placeholder = 1;

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [SubjectDescriptors.SubjectPlaceholder];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (TypeLookup.Find(start.Compilation, KnownNames.Redaction) is { } redaction)
            {
                start.RegisterOperationAction(operation => AnalyzeAssignment(operation, redaction), OperationKind.SimpleAssignment);
                start.RegisterOperationAction(operation => AnalyzeAddition(operation, redaction), OperationKind.Invocation);
            }
        });
    }

    /// <summary>Finds <c>SubjectId = RedactionMode.Placeholder</c> and <c>Fields["subjectId"] = RedactionMode.Placeholder</c>.</summary>
    private static void AnalyzeAssignment(OperationAnalysisContext context, INamedTypeSymbol redaction)
    {
        var assignment = (ISimpleAssignmentOperation)context.Operation;
        if (assignment.Value.ConstantValue is not { HasValue: true, Value: Placeholder } || assignment.Target is not IPropertyReferenceOperation target)
        {
            return;
        }

        var isSubject = target.Arguments.Length == 1
            ? IsOption(target.Instance, "Fields", redaction) && IsSubjectField(target.Arguments[0].Value)
            : IsOption(target, "SubjectId", redaction);
        if (isSubject)
        {
            Report(context, assignment.Value);
        }
    }

    /// <summary>Finds <c>RedactFields.Add("subjectId")</c> and <c>Fields.Add("subjectId", RedactionMode.Placeholder)</c>, including in initializers.</summary>
    private static void AnalyzeAddition(OperationAnalysisContext context, INamedTypeSymbol redaction)
    {
        var call = (IInvocationOperation)context.Operation;
        if (call.TargetMethod.Name != "Add" || call.Arguments.Length == 0 || !IsSubjectField(call.Arguments[0].Value))
        {
            return;
        }

        if (call.Arguments.Length == 1 && IsOption(call.Instance, "RedactFields", redaction))
        {
            Report(context, call.Arguments[0].Value);
        }
        else if (call.Arguments.Length == 2 && IsOption(call.Instance, "Fields", redaction) && call.Arguments[1].Value.ConstantValue is { HasValue: true, Value: Placeholder })
        {
            Report(context, call.Arguments[1].Value);
        }
    }

    private static bool IsSubjectField(IOperation name) =>
        name.ConstantValue is { HasValue: true, Value: string text } && string.Equals(text, SubjectField, StringComparison.OrdinalIgnoreCase);

    /// <summary>Returns whether an operation accesses an option, including in an initializer, where the instance is implicit.</summary>
    private static bool IsOption(IOperation? operation, string name, INamedTypeSymbol redaction)
    {
        if (operation is IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ImplicitReceiver })
        {
            var member = operation.Parent;
            while (member is not null and not IMemberInitializerOperation)
            {
                member = member.Parent;
            }

            operation = (member as IMemberInitializerOperation)?.InitializedMember;
        }

        return operation is IPropertyReferenceOperation { Property: var property }
            && property.Name == name
            && SymbolEqualityComparer.Default.Equals(property.ContainingType, redaction);
    }

    private static void Report(OperationAnalysisContext context, IOperation place) =>
        context.ReportDiagnostic(Diagnostic.Create(SubjectDescriptors.SubjectPlaceholder, place.Syntax.GetLocation()));
}
