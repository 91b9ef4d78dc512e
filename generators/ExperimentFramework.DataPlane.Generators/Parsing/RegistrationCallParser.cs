using ExperimentFramework.DataPlane.Generators.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ExperimentFramework.DataPlane.Generators.Parsing;

/// <summary>Reads the calls that register experiments, for what only the registering project can write.</summary>
internal static class RegistrationCallParser
{
    public static bool IsCandidate(SyntaxNode node) =>
        node is GenericNameSyntax { Identifier.ValueText: WellKnownNames.TrialMethod, TypeArgumentList.Arguments.Count: 1 };

    public static RegistrationCallModel? Parse(GenericNameSyntax name, SemanticModel semantics, CancellationToken cancellationToken)
    {
        if (semantics.GetSymbolInfo(name, cancellationToken).Symbol is not IMethodSymbol { TypeArguments.Length: 1 } method
            || method.TypeArguments[0] is not INamedTypeSymbol service
            || method.ContainingType.ToDisplayString() != WellKnownNames.Builder
            || !CanBeNamed(service, semantics.Compilation)
            || Tag.Of(service, WellKnownNames.ExposureLogged) is not { } tag)
        {
            return null;
        }

        var definition = service.OriginalDefinition;
        var isForeign = !SymbolEqualityComparer.Default.Equals(definition.ContainingAssembly, semantics.Compilation.Assembly);
        ProxyModel? proxy = null;
        if (isForeign && definition.ContainingAssembly.GetTypeByMetadataName(ProxyName.MetadataName(definition)) is null)
        {
            proxy = InterfaceParser.Parse(definition, tag, isForeign: true, cancellationToken);
            if (proxy is null)
            {
                return null;
            }
        }

        var registration = ProxyName.TypeParameters(definition).Count == 0 || InterfaceShape.IsRefused(definition)
            ? null
            : new RegistrationModel(ProxyName.Closed(service));
        return proxy is null && registration is null ? null : new RegistrationCallModel(proxy, registration);
    }

    /// <summary>Whether code outside the calling method can name the type.</summary>
    private static bool CanBeNamed(ITypeSymbol type, Compilation compilation) => type switch
    {
        ITypeParameterSymbol or IErrorTypeSymbol => false,
        INamedTypeSymbol named => compilation.IsSymbolAccessibleWithin(named, compilation.Assembly)
            && !named.IsFileLocal
            && named.TypeArguments.All(argument => CanBeNamed(argument, compilation))
            && (named.ContainingType is null || CanBeNamed(named.ContainingType, compilation)),
        IArrayTypeSymbol array => CanBeNamed(array.ElementType, compilation),
        _ => true,
    };
}
