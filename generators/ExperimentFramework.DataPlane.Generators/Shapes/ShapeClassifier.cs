using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ExperimentFramework.DataPlane.Generators.Shapes;

/// <summary>
/// Determines whether a tagged interface can have a proxy. The generator writes a proxy exactly if no finding is an error, and the analyzers report exactly
/// these findings.
/// </summary>
internal static class ShapeClassifier
{
    /// <summary>Finds everything that prevents a proxy, or that it supports only partially.</summary>
    /// <param name="definition">The interface, not constructed.</param>
    /// <param name="compilation">The compilation that will contain the proxy.</param>
    /// <returns>The findings; none if the proxy supports the whole interface.</returns>
    public static ImmutableArray<ShapeFinding> Classify(INamedTypeSymbol definition, Compilation compilation) =>
        Classify(definition, new InterfaceSlots(definition, compilation), compilation);

    /// <summary>Finds everything that prevents a proxy, for callers that have already read the slots of the interface.</summary>
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
        if (AttributeValues.FirstUnreadableTag(definition, slots.Slots) is not null)
        {
            findings.Add(new ShapeFinding(ShapeFindingKind.CompilerError, definition, "an argument of its attributes cannot be read"));
        }

        foreach (var member in slots.Members)
        {
            if (members.Classify(member) is { } finding)
            {
                findings.Add(finding);
            }
        }

        return [.. findings];
    }

    /// <summary>Returns whether an interface belongs to another assembly that has no proxy of it, so that the registering project must generate the proxy.</summary>
    /// <param name="definition">The interface, not constructed.</param>
    /// <param name="compilation">The compilation that registers it.</param>
    /// <returns>False for the compilation's own interfaces, and if the other assembly has the proxy.</returns>
    public static bool NeedsProxyOf(INamedTypeSymbol definition, Compilation compilation) =>
        !SymbolEqualityComparer.Default.Equals(definition.ContainingAssembly, compilation.Assembly)
        && definition.ContainingAssembly.GetTypeByMetadataName(ProxyName.MetadataName(definition)) is null;

    /// <summary>Returns whether a finding prevents the proxy.</summary>
    /// <param name="finding">The finding.</param>
    /// <returns>False for members that the proxy supports partially.</returns>
    public static bool IsError(ShapeFinding finding) => finding.Kind != ShapeFindingKind.InitAccessor;

    /// <summary>Returns whether generated code outside the interface's outer types can name it.</summary>
    /// <param name="definition">The interface.</param>
    /// <param name="compilation">The compilation that will contain the proxy.</param>
    /// <returns>False if the proxy must be nested in the outer types.</returns>
    public static bool IsAccessible(INamedTypeSymbol definition, Compilation compilation) =>
        TypeAccessibility.IsPublic(definition) || compilation.IsSymbolAccessibleWithin(definition, compilation.Assembly);

    private static List<ShapeFinding> OfInterface(INamedTypeSymbol definition, InterfaceSlots slots, bool isAccessible, Compilation compilation)
    {
        var findings = new List<ShapeFinding>();
        if (AccessibilityError(definition, isAccessible) is { } reach)
        {
            findings.Add(reach);
        }

        if (ConflictingType(definition, isAccessible, compilation) is { } occupying)
        {
            findings.Add(Unreachable(definition, $"'{occupying.ToDisplayString()}' already has the name of its proxy"));
        }

        if (definition.IsComImport)
        {
            findings.Add(NotForwardable(definition, "it is imported from COM"));
        }

        if (slots.Interfaces.Any(ObsoleteSymbol.IsError))
        {
            findings.Add(NotForwardable(definition, "it is obsolete as an error, so code cannot name it"));
        }

        if (slots.Interfaces.FirstOrDefault(SignatureTypes.HoldsPointer) is { } pointing)
        {
            findings.Add(NotForwardable(pointing, "one of its type arguments is a pointer"));
        }

        if (ProxyName.TypeParameters(definition).Any(parameter => parameter.ConstraintTypes.Any(SignatureTypes.HoldsPointer)))
        {
            findings.Add(NotForwardable(definition, "a constraint contains a pointer"));
        }

        if (LanguageNeeds.MissingFor(definition, compilation) is { } version)
        {
            findings.Add(new ShapeFinding(ShapeFindingKind.LanguageTooOld, definition, LanguageNeeds.Describe(version, compilation)));
        }

        return findings;
    }

    private static ShapeFinding NotForwardable(ISymbol symbol, string reason) => new(ShapeFindingKind.MemberNotForwardable, symbol, reason);

    private static ShapeFinding? AccessibilityError(INamedTypeSymbol definition, bool isAccessible)
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

        if (definition.ContainingType is null)
        {
            return new ShapeFinding(ShapeFindingKind.CompilerError, definition, "its accessibility is one of nested types, or of another assembly");
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

    /// <summary>Returns a type of the project with the proxy's name, other than the proxy itself, which an analyzer sees too; null if there is none.</summary>
    private static INamedTypeSymbol? ConflictingType(INamedTypeSymbol definition, bool isAccessible, Compilation compilation)
    {
        var candidates = isAccessible || definition.ContainingType is null
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
