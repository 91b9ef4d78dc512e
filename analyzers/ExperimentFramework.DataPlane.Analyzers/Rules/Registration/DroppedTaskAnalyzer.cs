using System.Collections.Immutable;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Finds statements that do not await the task of an exposing call, or of a call to the data plane itself.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class DroppedTaskAnalyzer : ExperimentAnalyzer
{
    private static readonly ImmutableArray<(string Type, ImmutableArray<string> Methods)> Own =
    [
        (KnownNames.Logger, ["LogExposureAsync"]),
        (KnownNames.Experiments, ["ExposeAsync"]),
        (KnownNames.ExposureRecorder, ["RecordAsync"]),
        (KnownNames.MetricRecorder, ["RecordAsync"]),
        (KnownNames.Publisher, ["PublishAsync", "FlushAsync"]),
        (KnownNames.Backplane, ["PublishAsync", "FlushAsync"]),
    ];

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [RegistrationDescriptors.DroppedTask];

    private protected override void Start(CompilationStartAnalysisContext start, INamedTypeSymbol tag)
    {
        var own = Own
            .Select(entry => (Type: TypeLookup.Find(start.Compilation, entry.Type), entry.Methods))
            .Where(entry => entry.Type is not null)
            .Select(entry => (entry.Type!, entry.Methods))
            .ToImmutableArray();
        start.RegisterOperationAction(operation => Analyze(operation, tag, own), OperationKind.ExpressionStatement);
    }

    private static void Analyze(OperationAnalysisContext context, INamedTypeSymbol tag, ImmutableArray<(INamedTypeSymbol Type, ImmutableArray<string> Methods)> own)
    {
        if (DroppedCall(((IExpressionStatementOperation)context.Operation).Operation) is { TargetMethod: var method } call
            && (own.Any(entry => entry.Methods.Contains(method.Name) && Is(method.ContainingType, entry.Type)) || ExposingCall.InterfaceOf(call, tag, context.Compilation) is not null)
            && IsAwaitable(call)
            && !IsOnVerifier(call, context.Compilation))
        {
            context.ReportDiagnostic(Diagnostic.Create(RegistrationDescriptors.DroppedTask, TrialDescription.NameLocation(call), method.Name));
        }
    }

    /// <summary>Returns the call whose result a statement discards, looking through conversions such as <c>ConfigureAwait</c>.</summary>
    private static IInvocationOperation? DroppedCall(IOperation dropped) => dropped switch
    {
        IConditionalAccessOperation access => DroppedCall(access.WhenNotNull),
        IConversionOperation conversion => DroppedCall(conversion.Operand),
        IInvocationOperation call => AwaitableCall.Wrapped(call) is { } task ? DroppedCall(task) : call,
        _ => null,
    };

    /// <summary>
    /// Returns whether a call only states what a test expects of a substitute, as in <c>pricing.Received(1).QuoteAsync("u")</c>: its receiver is what a method of
    /// a library, which takes and returns any type, has made of another one. Methods of the framework return the service itself.
    /// </summary>
    private static bool IsOnVerifier(IInvocationOperation call, Compilation compilation) =>
        call.Instance is IInvocationOperation { TargetMethod.OriginalDefinition: { IsStatic: true, ReturnType: ITypeParameterSymbol { TypeParameterKind: TypeParameterKind.Method } type } method }
        && !SymbolEqualityComparer.Default.Equals(method.ContainingAssembly, compilation.Assembly)
        && method.ContainingNamespace.ToDisplayString() is not ("System" or "System.Threading")
        && method.Parameters.FirstOrDefault() is { RefKind: RefKind.None } first
        && SymbolEqualityComparer.Default.Equals(first.Type, type);

    /// <summary>Returns whether the place of a call can await its result: with a method of the result's type, of a base type, or an extension method.</summary>
    private static bool IsAwaitable(IInvocationOperation call) =>
        call.Type is { SpecialType: not SpecialType.System_Void } type
        && call.SemanticModel?.LookupSymbols(call.Syntax.SpanStart, type, "GetAwaiter", includeReducedExtensionMethods: true)
            .OfType<IMethodSymbol>().Any(method => method is { IsStatic: false, Parameters.IsEmpty: true, ReturnsVoid: false }) == true;

    private static bool Is(INamedTypeSymbol type, INamedTypeSymbol wanted) =>
        type.AllInterfaces.Append(type).Any(candidate => SymbolEqualityComparer.Default.Equals(candidate.OriginalDefinition, wanted));
}
