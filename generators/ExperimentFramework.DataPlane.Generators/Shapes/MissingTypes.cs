using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Shapes;

/// <summary>Finds types that the compiler cannot resolve: misspelled ones, and those in an assembly that a reference needs but the project lacks.</summary>
internal static class MissingTypes
{
    /// <summary>Returns the first unresolved type that a type is made of; null if there is none.</summary>
    public static INamedTypeSymbol? In(ITypeSymbol? type) => SignatureTypes.FirstNamed(type, static named => named.TypeKind == TypeKind.Error);

    /// <summary>Returns the first unresolved type among the constraints of a type parameter; null if there is none.</summary>
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

    /// <summary>
    /// Returns the unresolved type that the compiler needs in order to name a type: the type itself, one that its constraints name, or one that a constrained
    /// argument is derived from; null if there is none.
    /// </summary>
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

    /// <summary>
    /// Returns the first unresolved type that the compiler needs in order to find conversions of a type, including its bases and interfaces; null if there is
    /// none.
    /// </summary>
    public static INamedTypeSymbol? Behind(ITypeSymbol? type) =>
        SignatureTypes.FirstNamed(type, static named => BaseOf(named) is not null) is { } deriving ? BaseOf(deriving) : null;

    /// <summary>Returns whether a type is unresolved because its name does not exist, rather than because an assembly is not referenced.</summary>
    public static bool IsMisspelled(INamedTypeSymbol missing) => missing.ContainingAssembly is null or ISourceAssemblySymbol;

    /// <summary>Returns a description of an unresolved type with the remedy, as the end of a sentence.</summary>
    public static string Describe(INamedTypeSymbol missing) => $"it needs '{missing.Name}', which cannot be found: reference "
        + (IsMisspelled(missing) ? "the assembly that defines it" : $"the assembly '{missing.ContainingAssembly.Name}' that defines it");

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
