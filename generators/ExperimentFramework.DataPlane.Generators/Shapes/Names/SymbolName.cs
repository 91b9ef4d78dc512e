using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Shapes;

/// <summary>Compares symbols with full names without building the symbol's own name, which would cost time on every edit.</summary>
internal static class SymbolName
{
    /// <summary>Returns whether a type has the given full name.</summary>
    /// <param name="type">The type; null if there is none.</param>
    /// <param name="fullName">The namespace and name of a type that is neither generic nor nested.</param>
    /// <returns>True if it is that type.</returns>
    public static bool Is(ITypeSymbol? type, string fullName) =>
        type is { ContainingType: null }
        && EndsWithPart(fullName, fullName.Length, type.Name)
        && Spells(type.ContainingNamespace, fullName, fullName.Length - type.Name.Length);

    /// <summary>Returns whether a type is declared directly in a namespace.</summary>
    /// <param name="type">The type.</param>
    /// <param name="space">The full name of the namespace.</param>
    /// <returns>False for nested types.</returns>
    public static bool IsIn(ITypeSymbol type, string space) =>
        type.ContainingType is null && type.ContainingNamespace is { IsGlobalNamespace: false } containing
        && EndsWithPart(space, space.Length, containing.Name)
        && Spells(containing.ContainingNamespace, space, space.Length - containing.Name.Length);

    /// <summary>Returns the attribute with the given full name; null if the symbol does not have it.</summary>
    /// <param name="symbol">The symbol.</param>
    /// <param name="fullName">The namespace and name of the attribute's type.</param>
    /// <returns>The first such attribute.</returns>
    public static AttributeData? Attribute(ISymbol symbol, string fullName)
    {
        foreach (var attribute in symbol.GetAttributes())
        {
            if (Is(attribute.AttributeClass, fullName))
            {
                return attribute;
            }
        }

        return null;
    }

    /// <summary>Returns whether the namespaces, from the innermost to the outermost, match the name up to the given end, each followed by a dot.</summary>
    private static bool Spells(INamespaceSymbol? inner, string name, int end)
    {
        for (var space = inner; space is { IsGlobalNamespace: false }; space = space.ContainingNamespace)
        {
            if (end == 0 || !EndsWithPart(name, --end, space.Name))
            {
                return false;
            }

            end -= space.Name.Length;
        }

        return end == 0;
    }

    private static bool EndsWithPart(string fullName, int end, string part) =>
        end >= part.Length
        && string.CompareOrdinal(fullName, end - part.Length, part, 0, part.Length) == 0
        && (end == part.Length || fullName[end - part.Length - 1] == '.');
}
