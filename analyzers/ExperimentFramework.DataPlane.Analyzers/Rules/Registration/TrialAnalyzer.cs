using System.Collections.Immutable;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Looks at calls that register experiments.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class TrialAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
    [
        RegistrationDescriptors.UntaggedInterface,
        RegistrationDescriptors.InvalidVariants,
        RegistrationDescriptors.SingleVariant,
        RegistrationDescriptors.FallbackNotCompiledIn,
        RegistrationDescriptors.OpenRegistration,
    ];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (start.Compilation.GetTypeByMetadataName(WellKnownNames.ExposureLogged) is { } tag)
            {
                start.RegisterOperationAction(operation => Analyze(operation, tag), OperationKind.Invocation);
            }
        });
    }

    private static void Analyze(OperationAnalysisContext context, INamedTypeSymbol tag)
    {
        var invocation = (IInvocationOperation)context.Operation;
        var method = invocation.TargetMethod;
        if (!RegistrationCall.IsTo(method) || invocation.Syntax is not InvocationExpressionSyntax syntax || MethodName.Of(syntax) is not { } name)
        {
            return;
        }

        var service = method.TypeArguments[0];
        var location = RegistrationCall.PlaceOf(name);
        if (OpenGenericType.FindParameter(service) is { } parameter)
        {
            // A plain type parameter stands for whatever its callers name: those calls are looked at, and run, by themselves.
            if (service is not ITypeParameterSymbol)
            {
                context.ReportDiagnostic(Diagnostic.Create(
                    RegistrationDescriptors.OpenRegistration, location, service.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat), method.Name, parameter.Name));
            }

            return;
        }

        if (TaggedInterface.Of(service, tag) is not { } tagged)
        {
            context.ReportDiagnostic(Diagnostic.Create(
                RegistrationDescriptors.UntaggedInterface, location, service.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat), method.Name));
            return;
        }

        if (method.Name == WellKnownNames.TrialMethod && TrialDescription.Of(invocation) is { } description)
        {
            CheckFallback(context, tagged, description);
            CheckVariants(context, location, description);
            if (SingleVariant.Fault(description) is { } fault)
            {
                context.ReportDiagnostic(Diagnostic.Create(RegistrationDescriptors.SingleVariant, location, tagged.Type.Name, fault));
            }
        }
    }

    private static void CheckFallback(OperationAnalysisContext context, TaggedInterface tagged, TrialDescription description)
    {
        tagged.TryGet("FallbackToControl", out bool isCompiledIn);
        if (!isCompiledIn)
        {
            foreach (var call in description.Calls("OnErrorFallbackToControl"))
            {
                context.ReportDiagnostic(Diagnostic.Create(
                    RegistrationDescriptors.FallbackNotCompiledIn, TrialDescription.NameLocation(call), tagged.Type.Name));
            }
        }
    }

    private static void CheckVariants(OperationAnalysisContext context, Location trial, TrialDescription description)
    {
        void Report(Location location, string message) =>
            context.ReportDiagnostic(Diagnostic.Create(RegistrationDescriptors.InvalidVariants, location, message));

        var controls = description.Calls("AddControl").ToList();
        if (controls.Count == 0 && description.IsComplete)
        {
            Report(trial, "The trial has no control: call AddControl<T>() once");
        }

        foreach (var second in controls.Skip(1))
        {
            Report(TrialDescription.NameLocation(second), "The trial has a second control: keep one AddControl<T>(), and give the others keys of their own");
        }

        CheckKeys(context, description);
        CheckWeights([.. description.Variants], description.IsComplete, trial, Report);
    }

    private static void CheckKeys(OperationAnalysisContext context, TrialDescription description)
    {
        var said = description.Calls("AddVariant")
            .Select(variant => (Variant: variant, Constant: TrialDescription.Constant(variant, "key")))
            .Where(pair => pair.Constant?.Value is string)
            .Select(pair => (Key: (string)pair.Constant!.Value.Value, pair.Constant.Value.Place, Implementation: pair.Variant.TargetMethod.TypeArguments[0].Name))
            .ToList();
        var free = new UniqueVariantKeys(said.Select(variant => variant.Key));
        var keys = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, place, implementation) in said)
        {
            var fault =
                NameRules.Validate(key) is { } fromRule ? fromRule
                : UniqueVariantKeys.IsControl(key) ? "is control's: call AddControl<T>(), or give the variant another key"
                : !keys.Add(key) ? "is used twice: give each variant a key of its own"
                : null;
            if (fault is not null)
            {
                context.ReportDiagnostic(Diagnostic.Create(
                    RegistrationDescriptors.InvalidVariants,
                    place,
                    ImmutableDictionary<string, string?>.Empty.Add(FixProperties.FreeKey, free.Allocate(key, implementation)),
                    $"The variant key '{key}' {fault}"));
            }
        }
    }

    private static void CheckWeights(List<IInvocationOperation> variants, bool isComplete, Location trial, Action<Location, string> report)
    {
        var areAllZero = isComplete && variants.Count > 0;
        foreach (var variant in variants)
        {
            if (TrialDescription.Constant(variant, "weight") is not (double weight, { } place))
            {
                areAllZero = false;
                continue;
            }

            areAllZero &= weight == 0;
            if (double.IsNaN(weight) || double.IsInfinity(weight) || weight < 0)
            {
                report(place, FormattableString.Invariant($"The weight is {weight}; it has to be a finite number of zero or more"));
            }
        }

        if (areAllZero)
        {
            report(trial, "All weights are 0: give at least one variant a weight above 0");
        }
    }
}
