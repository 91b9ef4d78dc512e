using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ExperimentFramework.DataPlane.Generators.Shapes;

/// <summary>Determines whether <c>[OverloadResolutionPriority]</c> would bind a forwarded call to another overload.</summary>
internal static class OverloadPriority
{
    private const string Attribute = "System.Runtime.CompilerServices.OverloadResolutionPriorityAttribute";

    /// <summary>Returns whether a call with the member's own arguments could bind to an overload with a higher priority.</summary>
    public static bool IsMisrouted(ISymbol member, Compilation compilation)
    {
        var overloads = member.ContainingType.GetMembers(member.Name);
        if (overloads.Length == 1)
        {
            return false;
        }

        var priority = Of(member);
        return overloads.Any(other =>
            !SymbolEqualityComparer.Default.Equals(other, member)
            && Of(other) > priority
            && CanTake(other, member, compilation));
    }

    private static bool CanTake(ISymbol overload, ISymbol member, Compilation compilation)
    {
        var (taking, passed) = (SignatureTypes.Parameters(overload), SignatureTypes.Parameters(member));
        if (member is IMethodSymbol { Arity: > 0 and var arity } && (overload as IMethodSymbol)?.Arity != arity)
        {
            // The call specifies its type arguments.
            return false;
        }

        var rest = taking.LastOrDefault(parameter => parameter.IsParams);
        if (taking.Count(parameter => !parameter.IsOptional && !parameter.IsParams) > passed.Length || (passed.Length > taking.Length && rest is null))
        {
            return false;
        }

        for (var i = 0; i < passed.Length; i++)
        {
            if (!(i < taking.Length && Passes(passed[i], taking[i]) && Converts(passed[i].Type, taking[i].Type, compilation))
                && !(rest is not null && i >= rest.Ordinal && passed[i].RefKind == RefKind.None && ConvertsToElement(passed[i].Type, rest.Type, compilation)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Returns whether an argument that is passed as its own parameter requires also fits another parameter.</summary>
    private static bool Passes(IParameterSymbol argument, IParameterSymbol parameter) => argument.RefKind switch
    {
        RefKind.None => parameter.RefKind is not (RefKind.Ref or RefKind.Out),
        RefKind.Out => parameter.RefKind == RefKind.Out,
        RefKind.Ref => parameter.RefKind is not (RefKind.None or RefKind.Out),
        _ => parameter.RefKind is not (RefKind.None or RefKind.Ref or RefKind.Out),
    };

    private static bool ConvertsToElement(ITypeSymbol from, ITypeSymbol collection, Compilation compilation) => collection switch
    {
        IArrayTypeSymbol array => Converts(from, array.ElementType, compilation),
        INamedTypeSymbol { TypeArguments: { Length: 1 } elements } => Converts(from, elements[0], compilation),
        _ => true,
    };

    /// <summary>A type parameter can be any type, so every type that could be inferred for one counts as convertible.</summary>
    private static bool Converts(ITypeSymbol from, ITypeSymbol to, Compilation compilation) =>
        to is ITypeParameterSymbol
        || from is ITypeParameterSymbol
        || compilation.ClassifyConversion(from, to).IsImplicit
        || (HoldsTypeParameter(to) && CanBeInferred(from, to, compilation))
        || (HoldsTypeParameter(from) && HasSameShape(from, to));

    /// <summary>
    /// Returns whether type inference matches a type with another one, its bases and its interfaces (C# specification, 12.6.3), or converts it to a span.
    /// </summary>
    private static bool CanBeInferred(ITypeSymbol from, ITypeSymbol to, Compilation compilation) => to switch
    {
        IArrayTypeSymbol array => from is IArrayTypeSymbol source && source.Rank == array.Rank && Converts(source.ElementType, array.ElementType, compilation),
        INamedTypeSymbol named => SelfAndBases(from).Any(candidate => SymbolEqualityComparer.Default.Equals(candidate.OriginalDefinition, named.OriginalDefinition))
            || (named.Name is "Span" or "ReadOnlySpan" && (from is IArrayTypeSymbol || from is { SpecialType: SpecialType.System_String } || from.Name is "Span" or "ReadOnlySpan")),
        _ => true,
    };

    private static IEnumerable<INamedTypeSymbol> SelfAndBases(ITypeSymbol type)
    {
        for (var candidate = type as INamedTypeSymbol ?? type.BaseType; candidate is not null; candidate = candidate.BaseType)
        {
            yield return candidate;
        }

        foreach (var candidate in type.AllInterfaces)
        {
            yield return candidate;
        }
    }

    private static bool HasSameShape(ITypeSymbol from, ITypeSymbol to) => (from, to) switch
    {
        (IArrayTypeSymbol source, IArrayTypeSymbol target) => source.Rank == target.Rank,
        (INamedTypeSymbol source, INamedTypeSymbol target) => SelfAndBases(source).Any(candidate => SymbolEqualityComparer.Default.Equals(candidate.OriginalDefinition, target.OriginalDefinition)),
        _ => false,
    };

    private static bool HoldsTypeParameter(ITypeSymbol type) => type switch
    {
        ITypeParameterSymbol => true,
        IArrayTypeSymbol array => HoldsTypeParameter(array.ElementType),
        IPointerTypeSymbol pointer => HoldsTypeParameter(pointer.PointedAtType),
        INamedTypeSymbol named => named.TypeArguments.Any(HoldsTypeParameter) || (named.ContainingType is { } outer && HoldsTypeParameter(outer)),
        IFunctionPointerTypeSymbol => true,
        _ => false,
    };

    private static int Of(ISymbol member) =>
        SymbolName.Attribute(member, Attribute)?.ConstructorArguments.FirstOrDefault().Value as int? ?? 0;
}
