using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Shapes;

/// <summary>From where a type's definition can be named, as far as its own declaration says it: without asking a compilation, which looks through all of its references.</summary>
internal static class TypeAccessibility
{
    /// <summary>Whether the type can be named wherever its assembly is referred to.</summary>
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
