using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Shapes;

/// <summary>What <c>[Obsolete]</c> says of a symbol.</summary>
internal static class ObsoleteSymbol
{
    private const string Attribute = "System.ObsoleteAttribute";

    /// <summary>Whether the symbol itself is marked, as a warning or as an error.</summary>
    public static bool IsMarked(ISymbol symbol) => SymbolName.Attribute(symbol, Attribute) is not null;

    /// <summary>Whether the type, or one that it is nested in, is marked.</summary>
    public static bool IsMarkedWithOuterTypes(INamedTypeSymbol type) =>
        IsMarked(type) || (type.ContainingType is { } outer && IsMarkedWithOuterTypes(outer));

    /// <summary>Whether naming the type is an error, because it or one that it is nested in is obsolete as an error.</summary>
    public static bool IsError(INamedTypeSymbol type) =>
        (SymbolName.Attribute(type, Attribute) is { ConstructorArguments: { Length: 2 } arguments } && arguments[1] is { Kind: TypedConstantKind.Primitive, Value: true })
        || (type.ContainingType is { } outer && IsError(outer));
}
