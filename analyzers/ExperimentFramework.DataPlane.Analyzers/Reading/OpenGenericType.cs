using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Recognizes types that depend on a type parameter.</summary>
internal static class OpenGenericType
{
    /// <summary>Returns the first type parameter in a type; null if the type is closed.</summary>
    public static ITypeParameterSymbol? FindParameter(ITypeSymbol type) => type switch
    {
        ITypeParameterSymbol parameter => parameter,
        IArrayTypeSymbol array => FindParameter(array.ElementType),
        INamedTypeSymbol named => named.TypeArguments.Select(FindParameter).FirstOrDefault(found => found is not null)
            ?? (named.ContainingType is { } outer ? FindParameter(outer) : null),
        _ => null,
    };
}
