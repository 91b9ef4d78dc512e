using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Parsing;

/// <summary>Which interfaces and members a proxy can carry.</summary>
internal static class InterfaceShape
{
    /// <summary>Whether a proxy of the interface could not be written.</summary>
    public static bool IsRefused(INamedTypeSymbol definition) =>
        !IsReachable(definition)
        || definition.AllInterfaces.Insert(0, definition).Any(declaring => declaring.GetMembers().Any(IsUncarried));

    /// <summary>Whether the member is a slot of its own that a proxy implements.</summary>
    public static bool IsSlot(ISymbol member) =>
        !member.IsStatic
        && (member.IsAbstract || member.IsVirtual)
        && member.DeclaredAccessibility != Accessibility.Private
        && member switch
        {
            IMethodSymbol { MethodKind: MethodKind.Ordinary, ExplicitInterfaceImplementations.IsEmpty: true } => true,
            IPropertySymbol { ExplicitInterfaceImplementations.IsEmpty: true } => true,
            IEventSymbol { ExplicitInterfaceImplementations.IsEmpty: true } => true,
            _ => false,
        };

    /// <summary>Whether every part of the interface's name is public.</summary>
    public static bool IsPublic(INamedTypeSymbol type)
    {
        for (ITypeSymbol? outer = type; outer is not null; outer = outer.ContainingType)
        {
            if (outer.DeclaredAccessibility != Accessibility.Public)
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsReachable(INamedTypeSymbol definition)
    {
        for (var outer = definition; outer is not null; outer = outer.ContainingType)
        {
            if (outer.IsFileLocal || outer.DeclaredAccessibility is Accessibility.Private or Accessibility.Protected or Accessibility.ProtectedAndInternal)
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsUncarried(ISymbol member) =>
        (member.IsStatic && member.IsAbstract)
        || (IsSlot(member) && member.DeclaredAccessibility != Accessibility.Public)
        || member is IMethodSymbol { IsVararg: true };
}
