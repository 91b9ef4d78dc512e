using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Shapes;

/// <summary>Determines whether generated code can declare and call a member with a given signature.</summary>
/// <param name="definition">The tagged interface, which is classified separately.</param>
/// <param name="naming">Determines which types can be named.</param>
/// <param name="isObsolete">Whether the proxy itself is obsolete and so may name obsolete types.</param>
internal sealed class SignatureClassifier(INamedTypeSymbol definition, TypeNaming naming, bool isObsolete)
{
    private readonly Dictionary<INamedTypeSymbol, bool> _obsolete = new(SymbolEqualityComparer.Default);

    /// <summary>Returns what prevents forwarding the member; null if nothing does.</summary>
    public ShapeFinding? Classify(ISymbol slot) =>
        OfMissing(slot)
        ?? (Unnameable(slot) is { } type ? NotForwardable(slot, naming.ErrorOf(type)!) : null)
        ?? (StaticIn(slot) is { } @static ? NotForwardable(slot, $"it names '{@static.Name}', which is static and therefore allowed only in interface signatures") : null)
        ?? (ObsoleteIn(slot) is { } obsolete ? NotForwardable(slot, $"it names '{obsolete.Name}', which is obsolete as an error") : null)
        ?? OfOverloads(slot);

    private static ShapeFinding NotForwardable(ISymbol slot, string reason) => new(ShapeFindingKind.MemberNotForwardable, slot, reason);

    /// <summary>The compiler itself reports misspelled types. A type in an assembly that is not referenced it would report only in the proxy.</summary>
    private static ShapeFinding? OfMissing(ISymbol slot) =>
        slot.Name.Length == 0 ? new ShapeFinding(ShapeFindingKind.CompilerError, slot, "it has no name")
        : MissingIn(slot) is { } missing ? Missing(slot, missing)
        : slot.HasUnsupportedMetadata ? NotForwardable(slot, "its metadata contains something that C# does not support")
        : null;

    private static ShapeFinding Missing(ISymbol slot, INamedTypeSymbol missing) => IsReportedByCompiler(slot, missing)
        ? new ShapeFinding(ShapeFindingKind.CompilerError, slot, "it names a type that the compiler cannot resolve")
        : NotForwardable(slot, MissingTypes.Describe(missing));

    private static bool IsReportedByCompiler(ISymbol slot, INamedTypeSymbol missing) =>
        MissingTypes.IsMisspelled(missing)
        && (slot.Locations.Any(place => place.IsInSource) || MissingIn(slot.OriginalDefinition) is null);

    private static INamedTypeSymbol? MissingIn(ISymbol slot)
    {
        if (SignatureTypes.FirstNamed(slot, static named => MissingTypes.ToName(named) is not null) is { } needing)
        {
            return MissingTypes.ToName(needing);
        }

        foreach (var parameter in SignatureTypes.TypeParameters(slot))
        {
            if (MissingTypes.InConstraints(parameter) is { } constraint)
            {
                return constraint;
            }
        }

        return null;
    }

    private INamedTypeSymbol? Unnameable(ISymbol slot)
    {
        if (naming.FirstUnnameable(SignatureTypes.Result(slot)) is { } result)
        {
            return result;
        }

        foreach (var parameter in SignatureTypes.Parameters(slot))
        {
            if (naming.FirstUnnameable(parameter.Type) is { } type)
            {
                return type;
            }
        }

        foreach (var parameter in SignatureTypes.TypeParameters(slot))
        {
            foreach (var constraint in parameter.ConstraintTypes)
            {
                if (naming.FirstUnnameable(constraint) is { } type)
                {
                    return type;
                }
            }
        }

        return SymbolEqualityComparer.Default.Equals(slot.ContainingType, definition) ? null : naming.FirstUnnameable(slot.ContainingType);
    }

    private static ITypeSymbol? StaticIn(ISymbol slot)
    {
        if (SignatureTypes.Result(slot) is { IsStatic: true } result)
        {
            return result;
        }

        foreach (var parameter in SignatureTypes.Parameters(slot))
        {
            if (parameter.Type.IsStatic)
            {
                return parameter.Type;
            }
        }

        return null;
    }

    private INamedTypeSymbol? ObsoleteIn(ISymbol slot)
    {
        var obsolete = SignatureTypes.FirstNamed(slot, IsObsoleteError) ?? SignatureTypes.FirstNamed(slot.ContainingType, IsObsoleteError);
        return obsolete is null || isObsolete || ObsoleteSymbol.IsMarked(slot) ? null : obsolete;
    }

    private bool IsObsoleteError(INamedTypeSymbol type) =>
        type.SpecialType == SpecialType.None
        && (_obsolete.TryGetValue(type.OriginalDefinition, out var known) ? known : _obsolete[type.OriginalDefinition] = ObsoleteSymbol.IsError(type.OriginalDefinition));

    /// <summary>To resolve overloads, the compiler also needs the base types of their parameters.</summary>
    private static ShapeFinding? OfOverloads(ISymbol slot)
    {
        var declaring = slot.ContainingType;
        if (declaring.GetMembers(slot.Name).Length == 1 && declaring.AllInterfaces.IsEmpty)
        {
            return null;
        }

        var overloads = declaring.AllInterfaces.Insert(0, declaring).SelectMany(type => type.GetMembers(slot.Name)).ToList();
        if (overloads.Count == 1)
        {
            return null;
        }

        foreach (var overload in overloads)
        {
            var types = SignatureTypes.Parameters(overload).Select(parameter => parameter.Type)
                .Concat(SignatureTypes.TypeParameters(overload).SelectMany(parameter => parameter.ConstraintTypes));
            if (types.Select(MissingTypes.Behind).FirstOrDefault(found => found is not null) is { } missing)
            {
                return Missing(overload, missing) with { Symbol = slot };
            }
        }

        return null;
    }
}
