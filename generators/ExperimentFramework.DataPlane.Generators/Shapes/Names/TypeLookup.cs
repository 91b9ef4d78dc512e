using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Shapes;

/// <summary>
/// Finds types by their full names. <c>Compilation.GetTypeByMetadataName</c> returns null if two references define a type, even if one of them is internal,
/// and a rule that looks up its types would be silent.
/// </summary>
internal static class TypeLookup
{
    /// <summary>Returns the type that code of a compilation can refer to by a full name; null if there is none.</summary>
    /// <param name="compilation">The compilation with the references.</param>
    /// <param name="fullName">Namespace and metadata name of the type.</param>
    /// <returns>
    /// Of several types, in this order: the compilation's own, an accessible one without an extern alias, any accessible one, any other. If that leaves
    /// several, the one whose reference comes first.
    /// </returns>
    public static INamedTypeSymbol? Find(Compilation compilation, string fullName)
    {
        var types = compilation.GetTypesByMetadataName(fullName);
        return types.Length < 2 ? types.FirstOrDefault() : types.OrderBy(type => Distance(type, compilation)).First();
    }

    private static int Distance(INamedTypeSymbol type, Compilation compilation) =>
        SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, compilation.Assembly) ? 0
        : !compilation.IsSymbolAccessibleWithin(type, compilation.Assembly) ? 3
        : GlobalNames.IsUnderGlobal(type.ContainingAssembly, compilation) ? 1
        : 2;
}
