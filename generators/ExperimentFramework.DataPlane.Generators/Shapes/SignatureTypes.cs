using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Shapes;

/// <summary>Finds the types that a signature names. Every edit in an editor queries them again, so nothing is allocated.</summary>
internal static class SignatureTypes
{
    /// <summary>Returns the parameters of a method or an indexer.</summary>
    public static ImmutableArray<IParameterSymbol> Parameters(ISymbol member) => member switch
    {
        IMethodSymbol method => method.Parameters,
        IPropertySymbol property => property.Parameters,
        _ => [],
    };

    /// <summary>Returns the type parameters of a method; none for other members.</summary>
    public static ImmutableArray<ITypeParameterSymbol> TypeParameters(ISymbol member) => member is IMethodSymbol method ? method.TypeParameters : [];

    /// <summary>Returns the return type of a method, or the type of a property or event.</summary>
    public static ITypeSymbol? Result(ISymbol member) => member switch
    {
        IMethodSymbol method => method.ReturnType,
        IPropertySymbol property => property.Type,
        IEventSymbol @event => @event.Type,
        _ => null,
    };

    /// <summary>Returns the first type that matches among the type itself and the types that its name consists of; null if there is none.</summary>
    public static INamedTypeSymbol? FirstNamed(ITypeSymbol? type, Func<INamedTypeSymbol, bool> isWanted)
    {
        switch (type)
        {
            case IArrayTypeSymbol array:
                return FirstNamed(array.ElementType, isWanted) ?? FirstModifier(array.CustomModifiers, isWanted);
            case IPointerTypeSymbol pointer:
                return FirstNamed(pointer.PointedAtType, isWanted) ?? FirstModifier(pointer.CustomModifiers, isWanted);
            case IFunctionPointerTypeSymbol function:
                return FirstNamed(function.Signature, isWanted);
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

    /// <summary>Returns the first type that matches in the signature of a method, property or event, including custom modifiers; null if there is none.</summary>
    public static INamedTypeSymbol? FirstNamed(ISymbol member, Func<INamedTypeSymbol, bool> isWanted)
    {
        if (FirstNamed(Result(member), isWanted) is { } result)
        {
            return result;
        }

        foreach (var parameter in Parameters(member))
        {
            if ((FirstNamed(parameter.Type, isWanted) ?? FirstModifier(parameter.CustomModifiers, isWanted) ?? FirstModifier(parameter.RefCustomModifiers, isWanted)) is { } found)
            {
                return found;
            }
        }

        return member switch
        {
            IMethodSymbol method => FirstModifier(method.ReturnTypeCustomModifiers, isWanted) ?? FirstModifier(method.RefCustomModifiers, isWanted)
                ?? method.UnmanagedCallingConventionTypes.FirstOrDefault(isWanted),
            IPropertySymbol property => FirstModifier(property.TypeCustomModifiers, isWanted) ?? FirstModifier(property.RefCustomModifiers, isWanted),
            _ => null,
        };
    }

    /// <summary>Returns whether a type is or contains a pointer.</summary>
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

    /// <summary>Returns whether any type in a member's signature is or contains a pointer.</summary>
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

    private static INamedTypeSymbol? FirstModifier(ImmutableArray<CustomModifier> modifiers, Func<INamedTypeSymbol, bool> isWanted)
    {
        foreach (var modifier in modifiers)
        {
            if (isWanted(modifier.Modifier))
            {
                return modifier.Modifier;
            }
        }

        return null;
    }
}
