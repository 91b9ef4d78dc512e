using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Shapes;

/// <summary>Says of a closed generic interface whether the code that registers its proxy can name it: that code is in a file of its own, outside all types.</summary>
public static class ClosedInterface
{
    /// <summary>Whether a type depends on no type parameter, and on nothing that the compiler does not know.</summary>
    /// <param name="service">The type that a registration names.</param>
    /// <returns>False for what the generator cannot close, or need not.</returns>
    public static bool IsClosed(ITypeSymbol service) => service switch
    {
        ITypeParameterSymbol or IErrorTypeSymbol => false,
        IArrayTypeSymbol array => IsClosed(array.ElementType),
        IPointerTypeSymbol pointer => IsClosed(pointer.PointedAtType),
        INamedTypeSymbol named => named.TypeArguments.All(IsClosed) && (named.ContainingType is null || IsClosed(named.ContainingType)),
        _ => true,
    };

    /// <summary>What keeps the interface from being registered.</summary>
    /// <param name="service">A closed interface.</param>
    /// <param name="compilation">Where it is registered.</param>
    /// <returns>The finding; null where it can be registered, or is not generic.</returns>
    public static ShapeFinding? Classify(INamedTypeSymbol service, Compilation compilation)
    {
        if (ProxyName.TypeParameters(service.OriginalDefinition).Count == 0 || !IsClosed(service))
        {
            return null;
        }

        if (SignatureTypes.HoldsPointer(service))
        {
            return Unreachable(service, "a pointer is one of its type arguments");
        }

        var naming = new TypeNaming(compilation.Assembly, compilation);
        return ProxyName.TypeArguments(service).Select(argument => SignatureTypes.FirstNamed(argument, named => FaultOf(named, naming) is not null)).FirstOrDefault(found => found is not null) is { } type
            ? Unreachable(service, $"the code that registers it cannot name '{type.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat)}', {FaultOf(type, naming)}")
            : null;
    }

    private static string? FaultOf(INamedTypeSymbol type, TypeNaming naming)
    {
        for (var outer = type; outer is not null; outer = outer.ContainingType)
        {
            if (outer.IsFileLocal)
            {
                return "which is local to its file: declare it without 'file'";
            }
        }

        return type.IsAnonymousType ? "which has no name: declare a type for it"
            : naming.FaultOf(type) is { } fault ? IsHidden(type) ? "which is not accessible outside the type that it is nested in: make it internal" : "because " + fault
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
