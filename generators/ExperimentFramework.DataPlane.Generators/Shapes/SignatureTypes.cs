using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Shapes;

/// <summary>The types that a signature names. Every edit in an editor asks for them again, so nothing is allocated on the way.</summary>
internal static class SignatureTypes
{
    /// <summary>The parameters of a method or of an indexer.</summary>
    public static ImmutableArray<IParameterSymbol> Parameters(ISymbol member) => member switch
    {
        IMethodSymbol method => method.Parameters,
        IPropertySymbol property => property.Parameters,
        _ => [],
    };

    /// <summary>The type of a member's result, or of itself.</summary>
    public static ITypeSymbol? Result(ISymbol member) => member switch
    {
        IMethodSymbol method => method.ReturnType,
        IPropertySymbol property => property.Type,
        IEventSymbol @event => @event.Type,
        _ => null,
    };

    /// <summary>The first of the types that a type's name is made of, itself included, that is wanted; null for none.</summary>
    public static INamedTypeSymbol? FirstNamed(ITypeSymbol? type, Func<INamedTypeSymbol, bool> isWanted)
    {
        switch (type)
        {
            case IArrayTypeSymbol array:
                return FirstNamed(array.ElementType, isWanted);
            case IPointerTypeSymbol pointer:
                return FirstNamed(pointer.PointedAtType, isWanted);
            case INamedTypeSymbol named when isWanted(named):
                return named;
            case INamedTypeSymbol named:
                foreach (var argument in named.TypeArguments)
                {
                    if (FirstNamed(argument, isWanted) is { } found)
                    {
                        return found;
                    }
                }

                return FirstNamed(named.ContainingType, isWanted);
            default:
                return null;
        }
    }

    /// <summary>Whether a type is or holds a pointer.</summary>
    public static bool HoldsPointer(ITypeSymbol? type)
    {
        switch (type)
        {
            case IPointerTypeSymbol or IFunctionPointerTypeSymbol:
                return true;
            case IArrayTypeSymbol array:
                return HoldsPointer(array.ElementType);
            case INamedTypeSymbol named:
                foreach (var argument in named.TypeArguments)
                {
                    if (HoldsPointer(argument))
                    {
                        return true;
                    }
                }

                return HoldsPointer(named.ContainingType);
            default:
                return false;
        }
    }

    /// <summary>Whether any type of a member's signature is or holds a pointer.</summary>
    public static bool HoldsPointer(ISymbol member)
    {
        foreach (var parameter in Parameters(member))
        {
            if (HoldsPointer(parameter.Type))
            {
                return true;
            }
        }

        return HoldsPointer(Result(member));
    }
}
