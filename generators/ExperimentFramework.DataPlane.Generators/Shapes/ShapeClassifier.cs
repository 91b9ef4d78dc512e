using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ExperimentFramework.DataPlane.Generators.Shapes;

/// <summary>
/// Says what a proxy can carry of a tagged interface. The generator writes a proxy exactly where nothing here is an error,
/// and the analyzers report exactly what is found here.
/// </summary>
public static class ShapeClassifier
{
    /// <summary>Everything that stands in the way of a proxy, or that it carries only in part.</summary>
    /// <param name="definition">The interface, not constructed.</param>
    /// <param name="compilation">Where the proxy will stand.</param>
    /// <returns>The findings; none where the proxy carries all of it.</returns>
    public static ImmutableArray<ShapeFinding> Classify(INamedTypeSymbol definition, Compilation compilation) =>
        Classify(definition, new InterfaceSlots(definition, compilation), compilation);

    /// <summary>Everything that stands in the way of a proxy, for who has read the interface's slots already.</summary>
    internal static ImmutableArray<ShapeFinding> Classify(INamedTypeSymbol definition, InterfaceSlots slots, Compilation compilation)
    {
        if (LanguageNeeds.IsBelowLowest(compilation))
        {
            return [new ShapeFinding(ShapeFindingKind.LanguageTooOld, definition, LanguageNeeds.Describe(LanguageNeeds.Lowest, compilation))];
        }

        var isAccessible = IsAccessible(definition, compilation);
        var naming = new TypeNaming(isAccessible ? compilation.Assembly : definition, compilation);
        var members = new MemberClassifier(slots, new SignatureClassifier(definition, naming, ObsoleteSymbol.IsMarkedWithOuterTypes(definition)), compilation);
        var findings = OfInterface(definition, slots, isAccessible, compilation);
        findings.AddRange(new InterfaceTypes(definition, naming, compilation).Classify(slots));
        foreach (var member in slots.Members)
        {
            if (members.Classify(member) is { } finding)
            {
                findings.Add(finding);
            }
        }

        return [.. findings];
    }

    /// <summary>Whether an interface is another assembly's that has no proxy of it, so that who registers it has to write the proxy.</summary>
    /// <param name="definition">The interface, not constructed.</param>
    /// <param name="compilation">Where it is registered.</param>
    /// <returns>False for the compilation's own, and where the other assembly has the proxy.</returns>
    public static bool NeedsProxyOf(INamedTypeSymbol definition, Compilation compilation) =>
        !SymbolEqualityComparer.Default.Equals(definition.ContainingAssembly, compilation.Assembly)
        && definition.ContainingAssembly.GetTypeByMetadataName(ProxyName.MetadataName(definition)) is null;

    /// <summary>Whether a finding keeps the proxy from being written.</summary>
    /// <param name="finding">The finding.</param>
    /// <returns>False for what the proxy carries in part.</returns>
    public static bool IsError(ShapeFinding finding) => finding.Kind != ShapeFindingKind.InitAccessor;

    /// <summary>Whether generated code outside the interface's outer types can name it.</summary>
    /// <param name="definition">The interface.</param>
    /// <param name="compilation">Where the proxy will stand.</param>
    /// <returns>False where the proxy has to be nested in the outer types.</returns>
    public static bool IsAccessible(INamedTypeSymbol definition, Compilation compilation) =>
        TypeAccessibility.IsPublic(definition) || compilation.IsSymbolAccessibleWithin(definition, compilation.Assembly);

    private static List<ShapeFinding> OfInterface(INamedTypeSymbol definition, InterfaceSlots slots, bool isAccessible, Compilation compilation)
    {
        var findings = new List<ShapeFinding>();
        if (ReachFault(definition, isAccessible) is { } reach)
        {
            findings.Add(reach);
        }

        if (TypeInItsPlace(definition, isAccessible, compilation) is { } occupying)
        {
            findings.Add(Unreachable(definition, $"'{occupying.ToDisplayString()}' has the name that its proxy would have"));
        }

        if (definition.IsComImport)
        {
            findings.Add(NotForwardable(definition, "it is imported from COM"));
        }

        if (slots.Interfaces.Any(ObsoleteSymbol.IsError))
        {
            findings.Add(NotForwardable(definition, "it is obsolete as an error, so no code may name it"));
        }

        if (slots.Interfaces.FirstOrDefault(SignatureTypes.HoldsPointer) is { } pointing)
        {
            findings.Add(NotForwardable(pointing, "a pointer is one of its type arguments"));
        }

        if (ProxyName.TypeParameters(definition).Any(parameter => parameter.ConstraintTypes.Any(SignatureTypes.HoldsPointer)))
        {
            findings.Add(NotForwardable(definition, "a constraint holds a pointer"));
        }

        if (LanguageNeeds.MissingFor(definition, compilation) is { } version)
        {
            findings.Add(new ShapeFinding(ShapeFindingKind.LanguageTooOld, definition, LanguageNeeds.Describe(version, compilation)));
        }

        return findings;
    }

    private static ShapeFinding NotForwardable(ISymbol symbol, string reason) => new(ShapeFindingKind.MemberNotForwardable, symbol, reason);

    private static ShapeFinding? ReachFault(INamedTypeSymbol definition, bool isAccessible)
    {
        for (var type = definition; type is not null; type = type.ContainingType)
        {
            if (type.IsFileLocal)
            {
                return Unreachable(type, $"'{type.Name}' is local to its file");
            }
        }

        if (isAccessible)
        {
            return null;
        }

        for (var outer = definition.ContainingType; outer is not null; outer = outer.ContainingType)
        {
            if (outer.IsGenericType)
            {
                return Unreachable(definition, $"it is not accessible outside the generic type '{outer.Name}'");
            }

            if (!IsPartial(outer))
            {
                return Unreachable(outer, $"it is not accessible outside '{outer.Name}', which is not partial");
            }
        }

        return definition.IsGenericType
            ? Unreachable(definition, "it is generic and not accessible where it would be closed")
            : null;
    }

    private static ShapeFinding Unreachable(ISymbol symbol, string reason) => new(ShapeFindingKind.InterfaceNotReachable, symbol, reason);

    /// <summary>A type of the project's own that has the proxy's name; the proxy itself, which an analyzer sees too, is none.</summary>
    private static INamedTypeSymbol? TypeInItsPlace(INamedTypeSymbol definition, bool isAccessible, Compilation compilation)
    {
        var candidates = isAccessible
            ? definition.ContainingNamespace.GetTypeMembers(ProxyName.Of(definition), ProxyName.TypeParameters(definition).Count)
            : definition.ContainingType.GetTypeMembers(ProxyName.Nested(definition));
        return candidates.FirstOrDefault(type =>
            !type.IsFileLocal
            && SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, compilation.Assembly)
            && !type.GetAttributes().Any(attribute => attribute.AttributeClass?.Name == "GeneratedCodeAttribute"));
    }

    private static bool IsPartial(INamedTypeSymbol type) =>
        !type.DeclaringSyntaxReferences.IsEmpty
        && type.DeclaringSyntaxReferences.All(reference =>
            reference.GetSyntax() is TypeDeclarationSyntax declaration && declaration.Modifiers.Any(SyntaxKind.PartialKeyword));
}
