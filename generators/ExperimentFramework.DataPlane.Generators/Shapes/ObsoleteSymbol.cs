using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Shapes;

/// <summary>Reads <c>[Obsolete]</c> from symbols.</summary>
internal static class ObsoleteSymbol
{
    private const string Attribute = "System.ObsoleteAttribute";

    /// <summary>Returns whether the symbol itself is marked as obsolete, as a warning or an error.</summary>
    public static bool IsMarked(ISymbol symbol) => SymbolName.Attribute(symbol, Attribute) is not null;

    /// <summary>Returns whether the type, or one that it is nested in, is marked as obsolete.</summary>
    public static bool IsMarkedWithOuterTypes(INamedTypeSymbol type) =>
        IsMarked(type) || (type.ContainingType is { } outer && IsMarkedWithOuterTypes(outer));

    /// <summary>Returns whether naming the type is an error, because it or one that it is nested in is obsolete as an error.</summary>
    public static bool IsError(INamedTypeSymbol type) =>
        (SymbolName.Attribute(type, Attribute) is { ConstructorArguments: { Length: 2 } arguments } && arguments[1] is { Kind: TypedConstantKind.Primitive, Value: true })
        || (type.ContainingType is { } outer && IsError(outer));
}
