using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Types that depend on a type parameter.</summary>
internal static class OpenType
{
    /// <summary>The first type parameter in a type; null where it is closed.</summary>
    public static ITypeParameterSymbol? ParameterIn(ITypeSymbol type) => type switch
    {
        ITypeParameterSymbol parameter => parameter,
        IArrayTypeSymbol array => ParameterIn(array.ElementType),
        INamedTypeSymbol named => named.TypeArguments.Select(ParameterIn).FirstOrDefault(found => found is not null)
            ?? (named.ContainingType is { } outer ? ParameterIn(outer) : null),
        _ => null,
    };
}
