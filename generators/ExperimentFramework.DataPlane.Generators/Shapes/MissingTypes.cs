using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Shapes;

/// <summary>Types that the compiler does not know: misspelt ones, and those of an assembly that another reference needs and the project does not have.</summary>
internal static class MissingTypes
{
    /// <summary>The first unknown type among those that a type is made of; null for none.</summary>
    public static INamedTypeSymbol? In(ITypeSymbol? type) => SignatureTypes.FirstNamed(type, static named => named.TypeKind == TypeKind.Error);

    /// <summary>The first unknown type among the constraints of a type parameter; null for none.</summary>
    public static INamedTypeSymbol? InConstraints(ITypeParameterSymbol parameter)
    {
        foreach (var constraint in parameter.ConstraintTypes)
        {
            if (In(constraint) is { } missing)
            {
                return missing;
            }
        }

        return null;
    }

    /// <summary>The unknown type that the compiler comes to when a type is named: itself, one that its constraints name, or one behind an argument that is held to a constraint; null for none.</summary>
    public static INamedTypeSymbol? ToName(INamedTypeSymbol type)
    {
        if (type.TypeKind == TypeKind.Error)
        {
            return type;
        }

        var parameters = type.OriginalDefinition.TypeParameters;
        for (var i = 0; i < parameters.Length; i++)
        {
            if (!parameters[i].ConstraintTypes.IsEmpty && (InConstraints(parameters[i]) ?? Behind(type.TypeArguments[i])) is { } missing)
            {
                return missing;
            }
        }

        return null;
    }

    /// <summary>The first unknown type that the compiler comes to when it looks for conversions of a type: among its bases and interfaces too; null for none.</summary>
    public static INamedTypeSymbol? Behind(ITypeSymbol? type) =>
        SignatureTypes.FirstNamed(type, static named => BaseOf(named) is not null) is { } deriving ? BaseOf(deriving) : null;

    /// <summary>Whether a type is unknown because its name was found nowhere, and not because of an assembly that metadata refers to.</summary>
    public static bool IsMisspelt(INamedTypeSymbol missing) => missing.ContainingAssembly is null or ISourceAssemblySymbol;

    /// <summary>That a type is unknown, and what to do, as the end of a sentence.</summary>
    public static string Describe(INamedTypeSymbol missing) => $"it needs '{missing.Name}', which is not known here: reference "
        + (IsMisspelt(missing) ? "the assembly that defines it" : $"the assembly '{missing.ContainingAssembly.Name}' that defines it");

    private static INamedTypeSymbol? BaseOf(INamedTypeSymbol type)
    {
        for (var known = type; known is not null; known = known.BaseType)
        {
            if (known.TypeKind == TypeKind.Error)
            {
                return known;
            }
        }

        foreach (var implemented in type.AllInterfaces)
        {
            if (In(implemented) is { } missing)
            {
                return missing;
            }
        }

        return null;
    }
}
