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
        if (RegistrationCall.IsByName(method))
        {
            if (TrialDescription.Of(invocation) is { } described)
            {
                CheckVariants(context, described, NamedExperiment.NameOf(invocation) ?? NamedExperiment.Call, TrialDescription.NameLocation(invocation), "", mayBeOverridden);
            }

            return;
        }

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
            CheckVariants(context, description, tagged.Type.Name, location, "<T>", mayBeOverridden);
        }
    }

    private static void CheckVariants(
        OperationAnalysisContext context, TrialDescription description, string experiment, Location location, string typeParameter, Lazy<bool> mayBeOverridden)
    {
        new VariantChecks(context, experiment, location, typeParameter).Check(description);
        if (SingleVariant.Describe(description, typeParameter, mayBeOverridden) is { } problem)
        {
            context.ReportDiagnostic(Diagnostic.Create(RegistrationDescriptors.SingleVariant, location, typeParameter.Length == 0 ? $"'{experiment}'" : $"on '{experiment}'", problem));
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
}
