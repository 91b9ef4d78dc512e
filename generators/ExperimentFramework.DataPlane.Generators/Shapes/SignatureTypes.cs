using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Shapes;

/// <summary>The types that a signature names.</summary>
internal static class SignatureTypes
{
    /// <summary>The types of a member's result and parameters.</summary>
    public static IEnumerable<ITypeSymbol> Of(ISymbol member) => member switch
    {
        IMethodSymbol method => method.Parameters.Select(parameter => parameter.Type).Prepend(method.ReturnType),
        IPropertySymbol property => property.Parameters.Select(parameter => parameter.Type).Prepend(property.Type),
        IEventSymbol @event => [@event.Type],
        _ => [],
    };

    /// <summary>A type and every type that its name is made of.</summary>
    public static IEnumerable<ITypeSymbol> Named(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol array => Named(array.ElementType),
        IPointerTypeSymbol pointer => Named(pointer.PointedAtType),
        INamedTypeSymbol named => named.TypeArguments.SelectMany(Named)
            .Concat(named.ContainingType is { } outer ? Named(outer) : [])
            .Prepend(named),
        _ => [],
    };

    /// <summary>Whether a type is or holds a pointer.</summary>
    public static bool HoldsPointer(ITypeSymbol type) => type switch
    {
        IPointerTypeSymbol or IFunctionPointerTypeSymbol => true,
        IArrayTypeSymbol array => HoldsPointer(array.ElementType),
        INamedTypeSymbol named => named.TypeArguments.Any(HoldsPointer) || (named.ContainingType is { } outer && HoldsPointer(outer)),
        _ => false,
    };

    /// <summary>Whether any type of a member's signature is or holds a pointer.</summary>
    public static bool HoldsPointer(ISymbol member) => Of(member).Any(HoldsPointer);
}
