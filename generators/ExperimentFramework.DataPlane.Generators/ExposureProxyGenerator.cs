using System.Text;
using ExperimentFramework.DataPlane.Generators.Incremental;
using ExperimentFramework.DataPlane.Generators.Emitting;
using ExperimentFramework.DataPlane.Generators.Model;
using ExperimentFramework.DataPlane.Generators.Parsing;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace ExperimentFramework.DataPlane.Generators;

/// <summary>
/// Generates a proxy for each interface tagged with <c>[ExposureLogged]</c>. It also generates what the <c>Trial&lt;...&gt;</c> calls of a project need:
/// proxies of interfaces whose own assembly has none, registrations of closed generics, and constants of the experiments' names. The analyzers report errors in an interface; the generator
/// reports only its own failures.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class ExposureProxyGenerator : IIncrementalGenerator
{
    private readonly GeneratorSteps _steps;

    /// <summary>Initializes the generator.</summary>
    public ExposureProxyGenerator()
        : this(new GeneratorSteps())
    {
    }

    internal ExposureProxyGenerator(GeneratorSteps steps) => _steps = steps;

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var readInterfaces = ReadInterfaces(context);
        var interfaces = readInterfaces.Select(static (read, _) => read!.Model).Where(static proxy => proxy is not null).WithTrackingName(TrackingNames.Interfaces);
        var readCalls = ReadCalls(context);
        var calls = readCalls.Select(static (read, _) => read!.Model).Where(static call => call is not null).WithTrackingName(TrackingNames.RegistrationCalls);

        var foreign = calls
            .Collect()
            .SelectMany(static (found, _) => found
                .Select(call => call!.Proxy)
                .OfType<ProxyModel>()
                .GroupBy(proxy => proxy.Names.Hint, StringComparer.Ordinal)
                .Select(same => same.First()))
            .WithTrackingName(TrackingNames.ForeignProxies);
        var hintNames = interfaces.Select(static (proxy, _) => proxy!.Names.Hint).Collect()
            .Combine(foreign.Select(static (proxy, _) => proxy.Names.Hint).Collect())
            .Select(static (names, _) => HintNameDeduplicator.Of(names.Left.AddRange(names.Right)));
        context.RegisterSourceOutput(interfaces.Combine(hintNames), (output, found) => AddProxy(output, found.Left!, found.Right));
        context.RegisterSourceOutput(foreign.Combine(hintNames), (output, found) => AddProxy(output, found.Left, found.Right));

        var registrations = calls
            .Collect()
            .Select(static (found, _) => new RegistrationsModel(found
                .Select(call => call!.Registration)
                .OfType<RegistrationModel>()
                .Distinct()
                .OrderBy(registration => registration.Proxy, StringComparer.Ordinal)
                .ToEquatableArray()))
            .WithTrackingName(TrackingNames.Registrations);
        context.RegisterSourceOutput(registrations, (output, found) =>
        {
            if (found.All.Count > 0)
            {
                Add(output, RegistrationEmitter.HintName, () => _steps.WriteRegistrations(found.All), string.Join(", ", found.All.Select(registration => registration.Proxy)));
            }
        });

        var constants = calls
            .Collect()
            .Select(static (found, _) => ExperimentConstantsModel.Of(found.Select(call => call!.Names).OfType<ExperimentNamesModel>()))
            .WithTrackingName(TrackingNames.ExperimentConstants);
        context.RegisterSourceOutput(constants, (output, found) =>
        {
            if (found.All.Count > 0)
            {
                Add(output, ExperimentConstantsEmitter.HintName, () => _steps.WriteConstants(found.All), ExperimentConstantsEmitter.Root);
            }
        });

        Report(context, readInterfaces.Select(static (read, _) => read!.Failure));
        Report(context, readCalls.Select(static (read, _) => read!.Failure));
    }

    private IncrementalValuesProvider<ReadModel<ProxyModel>?> ReadInterfaces(IncrementalGeneratorInitializationContext context)
    {
        var cache = new ProxyModelCache(_steps.Compare);
        return context.SyntaxProvider
            .ForAttributeWithMetadataName(
                WellKnownNames.ExposureLogged,
                static (node, _) => node is InterfaceDeclarationSyntax,
                (target, cancellationToken) => ReadModel<ProxyModel>.Of(
                    () => CanEmit(target.SemanticModel.Compilation)
                        ? cache.Get(target.TargetNode, target.SemanticModel.Compilation, () => Read(target, cancellationToken), cancellationToken)
                        : null,
                    () => target.TargetSymbol.ToDisplayString(),
                    cancellationToken))
            .Where(static read => read is not null);
    }

    private IncrementalValuesProvider<ReadModel<RegistrationCallModel>?> ReadCalls(IncrementalGeneratorInitializationContext context) =>
        context.SyntaxProvider
            .CreateSyntaxProvider(
                static (node, _) => RegistrationCallParser.IsCandidate(node),
                (candidate, cancellationToken) => ReadModel<RegistrationCallModel>.Of(
                    () => _steps.ReadCall((SimpleNameSyntax)candidate.Node, candidate.SemanticModel, cancellationToken),
                    () => candidate.Node.ToString(),
                    cancellationToken))
            .Where(static read => read is not null);

    /// <summary>Reads an interface only at its first attribute, in case it is tagged in several parts or declared twice.</summary>
    private ProxyModel? Read(GeneratorAttributeSyntaxContext target, CancellationToken cancellationToken) =>
        AttributeReader.Of(target.TargetSymbol, WellKnownNames.ExposureLogged) is { ApplicationSyntaxReference: { } first } tag
        && first.SyntaxTree == target.TargetNode.SyntaxTree
        && target.TargetNode.FullSpan.Contains(first.Span)
            ? _steps.ReadInterface((INamedTypeSymbol)target.TargetSymbol, tag, target.SemanticModel.Compilation, cancellationToken)
            : null;

    /// <summary>A project that references only the attributes has no runtime for a proxy to call. The project that registers the interface generates the proxy.</summary>
    private static bool CanEmit(Compilation compilation) => !compilation.GetTypesByMetadataName(WellKnownNames.Decorator).IsEmpty;

    private void AddProxy(SourceProductionContext output, ProxyModel proxy, HintNameDeduplicator hintNames) =>
        Add(output, hintNames.Unique(proxy.Names.Hint), () => _steps.WriteProxy(proxy), proxy.Interface);

    private static void Add(SourceProductionContext output, string hintName, Func<string> write, string subject)
    {
        try
        {
            output.AddSource(hintName, SourceText.From(write(), Encoding.UTF8));
        }
        catch (Exception error)
        {
            output.CancellationToken.ThrowIfCancellationRequested();
            output.ReportDiagnostic(GenerationDescriptors.Of(FailureModel.Of(subject, error)));
        }
    }

    private static void Report(IncrementalGeneratorInitializationContext context, IncrementalValuesProvider<FailureModel?> failures) =>
        context.RegisterSourceOutput(
            failures.Where(static failure => failure is not null),
            static (output, failure) => output.ReportDiagnostic(GenerationDescriptors.Of(failure!)));
}
