using System.Text;
using ExperimentFramework.DataPlane.Generators.Edits;
using ExperimentFramework.DataPlane.Generators.Emitting;
using ExperimentFramework.DataPlane.Generators.Model;
using ExperimentFramework.DataPlane.Generators.Parsing;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace ExperimentFramework.DataPlane.Generators;

/// <summary>
/// Writes a proxy for each interface tagged with <c>[ExposureLogged]</c>; for interfaces of other assemblies that have
/// none, and for closed generics, also what a <c>Trial&lt;...&gt;</c> call of this project needs. It reports nothing:
/// the analyzers do.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class ExposureProxyGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var remembered = new RememberedProxies();
        var interfaces = context.SyntaxProvider
            .ForAttributeWithMetadataName(
                WellKnownNames.ExposureLogged,
                static (node, _) => node is InterfaceDeclarationSyntax,
                (target, cancellationToken) => CanEmit(target.SemanticModel.Compilation)
                    ? remembered.Get(
                        target.TargetNode,
                        target.SemanticModel.Compilation,
                        () => InterfaceParser.Parse((INamedTypeSymbol)target.TargetSymbol, target.Attributes[0], target.SemanticModel.Compilation, cancellationToken),
                        cancellationToken)
                    : null)
            .Where(static proxy => proxy is not null)
            .WithTrackingName(TrackingNames.Interfaces);
        var crowded = interfaces
            .Select(static (proxy, _) => proxy!.HintName)
            .Collect()
            .Select(static (names, _) => CrowdedNames.Of(names));
        context.RegisterSourceOutput(interfaces.Combine(crowded), static (output, found) => Add(output, found.Left!, found.Right));

        var calls = context.SyntaxProvider
            .CreateSyntaxProvider(
                static (node, _) => RegistrationCallParser.IsCandidate(node),
                static (candidate, cancellationToken) =>
                    RegistrationCallParser.Parse((GenericNameSyntax)candidate.Node, candidate.SemanticModel, cancellationToken))
            .Where(static call => call is not null)
            .WithTrackingName(TrackingNames.RegistrationCalls);

        var foreign = calls
            .Collect()
            .SelectMany(static (found, _) => found
                .Select(call => call!.Proxy)
                .OfType<ProxyModel>()
                .GroupBy(proxy => proxy.HintName, StringComparer.Ordinal)
                .Select(same => same.First()))
            .WithTrackingName(TrackingNames.ForeignProxies);
        var crowdedForeign = foreign
            .Select(static (proxy, _) => proxy.HintName)
            .Collect()
            .Select(static (names, _) => CrowdedNames.Of(names));
        context.RegisterSourceOutput(foreign.Combine(crowdedForeign), static (output, found) => Add(output, found.Left, found.Right));

        var registrations = calls
            .Collect()
            .Select(static (found, _) => new RegistrationsModel(found
                .Select(call => call!.Registration)
                .OfType<RegistrationModel>()
                .Distinct()
                .OrderBy(registration => registration.Proxy, StringComparer.Ordinal)
                .ToEquatableArray()))
            .WithTrackingName(TrackingNames.Registrations);
        context.RegisterSourceOutput(registrations, static (output, found) =>
        {
            if (found.All.Count > 0)
            {
                output.AddSource(RegistrationEmitter.HintName, SourceText.From(RegistrationEmitter.Emit(found.All), Encoding.UTF8));
            }
        });
    }

    /// <summary>A project that only refers to the attributes has nothing a proxy could call; who registers it writes the proxy.</summary>
    private static bool CanEmit(Compilation compilation) => compilation.GetTypeByMetadataName(WellKnownNames.Decorator) is not null;

    private static void Add(SourceProductionContext output, ProxyModel proxy, CrowdedNames crowded) =>
        output.AddSource(crowded.Freed(proxy.HintName), SourceText.From(ProxyEmitter.Emit(proxy), Encoding.UTF8));
}
