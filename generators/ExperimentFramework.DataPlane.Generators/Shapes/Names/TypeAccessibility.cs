using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Shapes;

/// <summary>Determines the accessibility of a type from its declaration alone, because a compilation would search all of its references.</summary>
internal static class TypeAccessibility
{
    /// <summary>Returns whether the type can be named wherever its assembly is referenced.</summary>
    public static bool IsPublic(INamedTypeSymbol definition)
    {
        for (var type = definition; type is not null; type = type.ContainingType)
        {
            if (type.DeclaredAccessibility != Accessibility.Public)
            {
                return false;
            }
        }

        return true;
    }
}
