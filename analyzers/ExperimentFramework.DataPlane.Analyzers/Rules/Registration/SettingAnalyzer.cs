using System.Collections.Immutable;
using System.Globalization;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Checks the constants that are assigned to options and passed to builders. Values that are unknown at compile time are ignored.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class SettingAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
    [
        ExposureDescriptors.SamplingRateOutOfRange,
        ExposureDescriptors.SamplingRateZero,
        ExposureDescriptors.UndefinedValue,
        RegistrationDescriptors.OptionOutOfRange,
        RegistrationDescriptors.HoursReadAsDays,
    ];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (TypeLookup.Find(start.Compilation, KnownNames.Options) is not null)
            {
                var builders = new[] { KnownNames.TrialBuilder, KnownNames.ExperimentBuilder, KnownNames.LoggingBuilder }
                    .Select(name => TypeLookup.Find(start.Compilation, name))
                    .ToImmutableArray();
                var all = OptionRule.Types
                    .Select(name => TypeLookup.Find(start.Compilation, name))
                    .ToImmutableArray();
                start.RegisterOperationAction(operation => AnalyzeAssignment(operation, all), OperationKind.SimpleAssignment);
                start.RegisterOperationAction(operation => AnalyzeInvocation(operation, builders), OperationKind.Invocation);
            }
        });
    }

    private static void AnalyzeAssignment(OperationAnalysisContext context, ImmutableArray<INamedTypeSymbol?> options)
    {
        var assignment = (ISimpleAssignmentOperation)context.Operation;
        if (assignment.Target is not IPropertyReferenceOperation { Property: var property })
        {
            return;
        }

        // This includes the options of stores and outboxes.
        if (HoursAsDays.In(assignment.Value) is var (text, days, place) && property.ContainingNamespace.ToDisplayString().StartsWith(WellKnownNames.Namespace, StringComparison.Ordinal))
        {
            context.ReportDiagnostic(Diagnostic.Create(RegistrationDescriptors.HoursReadAsDays, place, text, days));
        }

        if (!options.Any(type => type is not null && SymbolEqualityComparer.Default.Equals(property.ContainingType, type)))
        {
            return;
        }

        if (property.Name is "ExposureSemantics" or "FailureMode")
        {
            CheckEnumeration(context, assignment.Value);
        }
        else if ((OptionRule.Validate(property, assignment.Value) ?? QueueAndBatch.Validate(assignment, property)) is var (value, range))
        {
            context.ReportDiagnostic(Diagnostic.Create(
                RegistrationDescriptors.OptionOutOfRange, assignment.Value.Syntax.GetLocation(), OptionRule.FullName(property), value, range));
        }
    }

    private static void AnalyzeInvocation(OperationAnalysisContext context, ImmutableArray<INamedTypeSymbol?> builders)
    {
        var invocation = (IInvocationOperation)context.Operation;
        if (invocation.Arguments.Length != 1
            || invocation.Instance?.Type is not INamedTypeSymbol type
            || !builders.Any(builder => builder is not null && SymbolEqualityComparer.Default.Equals(type.OriginalDefinition, builder)))
        {
            return;
        }

        var value = invocation.Arguments[0].Value;
        switch (invocation.TargetMethod.Name)
        {
            case "WithSemantics" or "WithPolicy":
                CheckEnumeration(context, value);
                break;
            case "WithSamplingRate" when value.ConstantValue is { HasValue: true, Value: double rate }:
                if (!OptionRanges.SamplingRate.Contains(rate))
                {
                    context.ReportDiagnostic(Diagnostic.Create(
                        ExposureDescriptors.SamplingRateOutOfRange, value.Syntax.GetLocation(), rate.ToString(CultureInfo.InvariantCulture)));
                }
                else if (rate == 0)
                {
                    context.ReportDiagnostic(Diagnostic.Create(
                        ExposureDescriptors.SamplingRateZero, value.Syntax.GetLocation(), type.IsGenericType ? type.TypeArguments[0].Name : "the experiment"));
                }

                break;
        }
    }

    private static void CheckEnumeration(OperationAnalysisContext context, IOperation value)
    {
        if (value is IConversionOperation { IsImplicit: true } nullable)
        {
            CheckEnumeration(context, nullable.Operand);
        }
        else if (value.Type is INamedTypeSymbol { TypeKind: TypeKind.Enum } type && value.ConstantValue is { HasValue: true, Value: int number })
        {
            var values = type.GetMembers().OfType<IFieldSymbol>().Where(field => field.HasConstantValue).ToList();
            if (values.All(field => field.ConstantValue is not int defined || defined != number))
            {
                context.ReportDiagnostic(Diagnostic.Create(
                    ExposureDescriptors.UndefinedValue,
                    value.Syntax.GetLocation(),
                    number.ToString(CultureInfo.InvariantCulture),
                    type.Name,
                    string.Join(", ", values.Select(field => field.Name))));
            }
        }
    }
}
