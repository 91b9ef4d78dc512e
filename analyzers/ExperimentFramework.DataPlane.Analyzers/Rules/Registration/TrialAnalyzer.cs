using System.Collections.Immutable;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Analyzes calls that register experiments.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class TrialAnalyzer : ExperimentAnalyzer
{
    private readonly Func<Compilation, bool> _mayBeOverridden;

    /// <summary>Initializes the analyzer.</summary>
    public TrialAnalyzer()
        : this(VariantOverrides.MayBeProvided)
    {
    }

    internal TrialAnalyzer(Func<Compilation, bool> mayBeOverridden) => _mayBeOverridden = mayBeOverridden;

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
    private protected override void Start(CompilationStartAnalysisContext start, INamedTypeSymbol tag)
    {
        // The search reads every file and reference, so it is made only if a trial needs it, and then once for all trials.
        var mayBeOverridden = new Lazy<bool>(() => _mayBeOverridden(start.Compilation));
        start.RegisterOperationAction(operation => Analyze(operation, tag, mayBeOverridden), OperationKind.Invocation);
    }

    private static void Analyze(OperationAnalysisContext context, INamedTypeSymbol tag, Lazy<bool> mayBeOverridden)
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
            // A plain type parameter is closed by the callers, and the proxy of an interface without type parameters registers itself.
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
            CheckVariants(context, tagged.Type.Name, location, description);
            if (SingleVariant.Describe(description, mayBeOverridden) is { } problem)
            {
                context.ReportDiagnostic(Diagnostic.Create(RegistrationDescriptors.SingleVariant, location, tagged.Type.Name, problem));
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

    private static void CheckVariants(OperationAnalysisContext context, string service, Location trial, TrialDescription description)
    {
        void Report(Location location, string problem) =>
            context.ReportDiagnostic(Diagnostic.Create(RegistrationDescriptors.InvalidVariants, location, service, problem));

        var controls = description.Calls("AddControl").ToList();
        if (controls.Count == 0 && description.IsComplete)
        {
            Report(trial, "there is no control; call AddControl<T>() once");
        }

        foreach (var second in controls.Skip(1))
        {
            Report(TrialDescription.NameLocation(second), "there is a second control; keep one AddControl<T>() and give each other variant its own key");
        }

        CheckKeys(context, service, description);
        CheckWeights([.. description.Variants], description.IsComplete, trial, Report);
    }

    private static void CheckKeys(OperationAnalysisContext context, string service, TrialDescription description)
    {
        var variants = description.Calls("AddVariant")
            .Select(variant => (Variant: variant, Constant: TrialDescription.Constant(variant, "key")))
            .Where(pair => pair.Constant?.Value is string)
            .Select(pair => (Key: (string)pair.Constant!.Value.Value, pair.Constant.Value.Place, Implementation: pair.Variant.TargetMethod.TypeArguments[0].Name))
            .ToList();
        var unique = new UniqueVariantKeys(variants.Select(variant => variant.Key));
        var keys = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, place, implementation) in variants)
        {
            var error =
                NameRules.Validate(key) is { } invalid ? invalid
                : UniqueVariantKeys.IsControl(key) ? "is reserved for control; call AddControl<T>() or use another key"
                : !keys.Add(key) ? "is used twice; give each variant its own key"
                : null;
            if (error is not null)
            {
                context.ReportDiagnostic(Diagnostic.Create(
                    RegistrationDescriptors.InvalidVariants,
                    place,
                    ImmutableDictionary<string, string?>.Empty.Add(FixProperties.FreeKey, unique.Allocate(key, implementation)),
                    service,
                    $"the key '{key}' {error}"));
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
                report(place, FormattableString.Invariant($"the weight {weight} must be a finite number of 0 or more"));
            }
        }

        if (areAllZero)
        {
            report(trial, "all weights are 0; give at least one variant a weight above 0");
        }
    }
}
