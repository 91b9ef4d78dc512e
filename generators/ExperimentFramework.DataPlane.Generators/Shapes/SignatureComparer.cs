using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Shapes;

/// <summary>
/// Compares signatures as the compiler does: nullability, tuple names and <c>dynamic</c> are ignored, and the methods' own type parameters are compared by
/// position.
/// </summary>
internal static class SignatureComparer
{
    /// <summary>Returns whether two members with the same name have the same signature.</summary>
    public static bool AreEqual(ISymbol one, ISymbol other) =>
        one.Kind == other.Kind
        && (one as IMethodSymbol)?.Arity == (other as IMethodSymbol)?.Arity
        && SignatureTypes.Parameters(one) is var first
        && SignatureTypes.Parameters(other) is var second
        && first.Length == second.Length
        && first.Zip(second, IsSame).All(same => same);

    private static bool IsSame(IParameterSymbol one, IParameterSymbol other) =>
        (one.RefKind == RefKind.None) == (other.RefKind == RefKind.None) && IsSame(one.Type, other.Type);

    private static bool IsSame(ITypeSymbol one, ITypeSymbol other) => (one, other) switch
    {
        (ITypeParameterSymbol { TypeParameterKind: TypeParameterKind.Method } first, ITypeParameterSymbol { TypeParameterKind: TypeParameterKind.Method } second) =>
            first.Ordinal == second.Ordinal,
        (IArrayTypeSymbol first, IArrayTypeSymbol second) => first.Rank == second.Rank && IsSame(first.ElementType, second.ElementType),
        (IPointerTypeSymbol first, IPointerTypeSymbol second) => IsSame(first.PointedAtType, second.PointedAtType),
        (INamedTypeSymbol { IsTupleType: true } first, INamedTypeSymbol { IsTupleType: true } second) =>
            first.TupleElements.Length == second.TupleElements.Length
            && first.TupleElements.Zip(second.TupleElements, (a, b) => IsSame(a.Type, b.Type)).All(same => same),
        (INamedTypeSymbol { TypeArguments.Length: > 0 } first, INamedTypeSymbol second) =>
            SymbolEqualityComparer.Default.Equals(first.OriginalDefinition, second.OriginalDefinition)
            && first.TypeArguments.Zip(second.TypeArguments, IsSame).All(same => same)
            && (first.ContainingType is null || IsSame(first.ContainingType, second.ContainingType)),
        _ => SymbolEqualityComparer.Default.Equals(one, other) || (IsObject(one) && IsObject(other)),
    };

    private static bool IsObject(ITypeSymbol type) => type.TypeKind == TypeKind.Dynamic || type.SpecialType == SpecialType.System_Object;
}
