using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Shapes;

/// <summary>Says of the signature of a member whether generated code can write it, and call it.</summary>
/// <param name="definition">The tagged interface, which is judged by itself.</param>
/// <param name="naming">The types that can be named.</param>
/// <param name="isObsolete">Whether the proxy is obsolete itself, so that it may name what no other code may.</param>
internal sealed class SignatureClassifier(INamedTypeSymbol definition, TypeNaming naming, bool isObsolete)
{
    private readonly Dictionary<INamedTypeSymbol, bool> _obsolete = new(SymbolEqualityComparer.Default);

    /// <summary>What stands in the way; null for nothing.</summary>
    public ShapeFinding? Classify(ISymbol slot) =>
        OfMissing(slot)
        ?? (Unnameable(slot) is { } type ? NotForwardable(slot, naming.FaultOf(type)!) : null)
        ?? (StaticIn(slot) is { } @static ? NotForwardable(slot, $"it names '{@static.Name}', which is static: only an interface may have it in a signature") : null)
        ?? (ObsoleteIn(slot) is { } obsolete ? NotForwardable(slot, $"it names '{obsolete.Name}', which is obsolete as an error") : null)
        ?? OfOverloads(slot);

    private static ShapeFinding NotForwardable(ISymbol slot, string reason) => new(ShapeFindingKind.MemberNotForwardable, slot, reason);

    /// <summary>What is misspelt here is the compiler's to report; what a reference lacks it reports only where the proxy names it.</summary>
    private static ShapeFinding? OfMissing(ISymbol slot) =>
        slot.Name.Length == 0 ? new ShapeFinding(ShapeFindingKind.CompilerError, slot, "it has no name")
        : MissingIn(slot) is { } missing ? Missing(slot, missing)
        : slot.HasUnsupportedMetadata ? NotForwardable(slot, "it holds something that C# does not support")
        : null;

    private static ShapeFinding Missing(ISymbol slot, INamedTypeSymbol missing) => IsReportedByCompiler(slot, missing)
        ? new ShapeFinding(ShapeFindingKind.CompilerError, slot, "the compiler does not know a type that it names")
        : NotForwardable(slot, MissingTypes.Describe(missing));

    private static bool IsReportedByCompiler(ISymbol slot, INamedTypeSymbol missing) =>
        MissingTypes.IsMisspelt(missing)
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

    /// <summary>To choose among overloads, the compiler looks at the bases of their parameters' types too.</summary>
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
