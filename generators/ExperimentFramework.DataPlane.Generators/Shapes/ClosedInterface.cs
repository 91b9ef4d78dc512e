using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Shapes;

/// <summary>
/// Checks whether the code that registers the proxy of a closed generic interface can name the interface. That code is in a separate file, outside all
/// types.
/// </summary>
internal static class ClosedInterface
{
    /// <summary>Returns whether a type depends neither on a type parameter nor on an unresolved type.</summary>
    /// <param name="service">The type that a registration names.</param>
    /// <returns>False if the generator cannot close the type, or need not.</returns>
    public static bool IsClosed(ITypeSymbol service) => service switch
    {
        ITypeParameterSymbol or IErrorTypeSymbol => false,
        IArrayTypeSymbol array => IsClosed(array.ElementType),
        IPointerTypeSymbol pointer => IsClosed(pointer.PointedAtType),
        INamedTypeSymbol named => named.TypeArguments.All(IsClosed) && (named.ContainingType is null || IsClosed(named.ContainingType)),
        _ => true,
    };

    /// <summary>Finds what prevents the interface from being registered.</summary>
    /// <param name="service">A closed interface.</param>
    /// <param name="compilation">The compilation that registers it.</param>
    /// <returns>The finding; null if the interface can be registered, or is not generic.</returns>
    public static ShapeFinding? Classify(INamedTypeSymbol service, Compilation compilation)
    {
        if (ProxyName.TypeParameters(service.OriginalDefinition).Count == 0 || !IsClosed(service))
        {
            return null;
        }

        if (SignatureTypes.HoldsPointer(service))
        {
            return Unreachable(service, "one of its type arguments is a pointer");
        }

        var naming = new TypeNaming(compilation.Assembly, compilation);
        return ProxyName.TypeArguments(service).Select(argument => SignatureTypes.FirstNamed(argument, named => ErrorOf(named, naming) is not null)).FirstOrDefault(found => found is not null) is { } type
            ? Unreachable(service, $"the code that registers it cannot name '{type.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat)}', {ErrorOf(type, naming)}")
            : null;
    }

    private static string? ErrorOf(INamedTypeSymbol type, TypeNaming naming)
    {
        for (var outer = type; outer is not null; outer = outer.ContainingType)
        {
            if (outer.IsFileLocal)
            {
                return "which is local to its file: declare it without 'file'";
            }
        }

        return type.IsAnonymousType ? "which has no name: declare a type for it"
            : naming.ErrorOf(type) is { } error ? IsHidden(type) ? "which is not accessible outside its containing type: make it internal" : "because " + error
            : ObsoleteSymbol.IsError(type) ? "which is obsolete as an error"
            : null;
    }

    private static bool IsHidden(INamedTypeSymbol type)
    {
        for (var outer = type; outer is not null; outer = outer.ContainingType)
        {
            if (outer.DeclaredAccessibility is Accessibility.Private or Accessibility.Protected or Accessibility.ProtectedAndInternal)
            {
                return true;
            }
        }

        return false;
    }

    private static ShapeFinding Unreachable(ISymbol symbol, string reason) => new(ShapeFindingKind.InterfaceNotReachable, symbol, reason);
}
