using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Shapes;

/// <summary>Compares symbols with full names without writing the symbol's own, which every edit would pay for.</summary>
public static class SymbolName
{
    /// <summary>Whether a type has a full name.</summary>
    /// <param name="type">The type; null is none.</param>
    /// <param name="fullName">Namespace and name of a type that is neither generic nor nested.</param>
    /// <returns>True where it is that type.</returns>
    public static bool Is(ITypeSymbol? type, string fullName) =>
        type is { ContainingType: null }
        && EndsWithPart(fullName, fullName.Length, type.Name)
        && Spells(type.ContainingNamespace, fullName, fullName.Length - type.Name.Length);

    /// <summary>Whether a type that is not nested stands in a namespace.</summary>
    /// <param name="type">The type.</param>
    /// <param name="space">The namespace's full name.</param>
    /// <returns>False for nested types too.</returns>
    public static bool IsIn(ITypeSymbol type, string space) =>
        type.ContainingType is null && type.ContainingNamespace is { IsGlobalNamespace: false } containing
        && EndsWithPart(space, space.Length, containing.Name)
        && Spells(containing.ContainingNamespace, space, space.Length - containing.Name.Length);

    /// <summary>The attribute of a full name; null where the symbol has none.</summary>
    /// <param name="symbol">The symbol.</param>
    /// <param name="fullName">Namespace and name of the attribute's type.</param>
    /// <returns>The first one.</returns>
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

    /// <summary>Whether the namespaces, from the inner to the outer, spell a name up to an end, each with a dot behind.</summary>
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
