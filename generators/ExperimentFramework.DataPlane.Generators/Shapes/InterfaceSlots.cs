using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ExperimentFramework.DataPlane.Generators.Shapes;

/// <summary>A tagged interface with its base interfaces, and the members of them that a proxy implements.</summary>
internal sealed class InterfaceSlots
{
    private readonly Compilation _compilation;
    private readonly HashSet<ISymbol> _reimplemented = new(SymbolEqualityComparer.Default);

    /// <summary>Reads a tagged interface.</summary>
    /// <param name="definition">The interface, not constructed.</param>
    /// <param name="compilation">The compilation that will contain the proxy.</param>
    public InterfaceSlots(INamedTypeSymbol definition, Compilation compilation)
    {
        _compilation = compilation;

        // The same interface may be inherited with different nullability.
        var bases = definition.AllInterfaces;
        Interfaces = bases.IsEmpty
            ? [definition]
            : bases.Insert(0, definition).Distinct<INamedTypeSymbol>(SymbolEqualityComparer.Default).ToImmutableArray();
        Members = bases.IsEmpty ? definition.GetMembers() : Interfaces.SelectMany(declaring => declaring.GetMembers()).ToImmutableArray();
        foreach (var member in Members)
        {
            foreach (var implemented in ExplicitImplementations(member))
            {
                _reimplemented.Add(implemented);
            }
        }

        Slots = Members.Where(member => IsSlot(member) && !IsDeclaredBefore(member)).ToImmutableArray();
    }

    /// <summary>Gets the interface and its base interfaces, each once.</summary>
    public ImmutableArray<INamedTypeSymbol> Interfaces { get; }

    /// <summary>Gets all their members.</summary>
    public ImmutableArray<ISymbol> Members { get; }

    /// <summary>Gets the members that a proxy implements.</summary>
    public ImmutableArray<ISymbol> Slots { get; }

    /// <summary>
    /// Returns whether the member is a slot that a proxy implements. Static, sealed and private members and implementations of other slots are inherited
    /// unchanged.
    /// </summary>
    /// <param name="member">One of <see cref="Members"/>.</param>
    /// <returns>True if the proxy must implement the member.</returns>
    public bool IsSlot(ISymbol member) =>
        !member.IsStatic
        && (member.IsAbstract || member.IsVirtual)
        && (IsCallable(member) || (member.IsAbstract && !IsReimplemented(member)))
        && ExplicitImplementations(member).IsEmpty
        && member is IMethodSymbol { MethodKind: MethodKind.Ordinary } or IPropertySymbol or IEventSymbol;

    /// <summary>
    /// Returns whether the member is a default implementation that a variant may override and that only the interface's own code can call, if some of that
    /// code runs on the proxy: code that is static, sealed or an implementation of another member. If its source is available, it must mention the name.
    /// </summary>
    /// <param name="member">One of <see cref="Members"/>.</param>
    /// <returns>True if the proxy would run the default implementation instead of the variant's own.</returns>
    public bool IsHook(ISymbol member) =>
        member is { IsStatic: false, IsVirtual: true, IsAbstract: false }
        && !IsCallable(member)
        && member is IMethodSymbol { MethodKind: MethodKind.Ordinary } or IPropertySymbol or IEventSymbol
        && ExplicitImplementations(member).IsEmpty
        && Members.Any(other => RunsOnProxy(other) && MayCall(other, member));

    /// <summary>Returns whether one of the interfaces implements the member for the others.</summary>
    /// <param name="member">One of <see cref="Members"/>.</param>
    /// <returns>True if a class need not implement it.</returns>
    public bool IsReimplemented(ISymbol member) => _reimplemented.Contains(member);

    /// <summary>Returns whether code of the compilation can call the member on any variant.</summary>
    /// <param name="member">A member or an accessor.</param>
    /// <returns>False for protected members and for internal ones of other assemblies.</returns>
    public bool IsCallable(ISymbol member) =>
        member.DeclaredAccessibility == Accessibility.Public
        || (member.DeclaredAccessibility is Accessibility.Internal or Accessibility.ProtectedOrInternal
            && _compilation.IsSymbolAccessibleWithin(member, _compilation.Assembly));

    /// <summary>Returns whether an accessor is part of the slot of its property.</summary>
    /// <param name="accessor">A getter or setter; null if there is none.</param>
    /// <returns>False for null and for a private accessor.</returns>
    public static bool IsSlot(IMethodSymbol? accessor) =>
        accessor is { DeclaredAccessibility: not Accessibility.Private } && (accessor.IsAbstract || accessor.IsVirtual);

    /// <summary>Returns whether the compiler reports the member as a duplicate, for example because an interface is declared twice.</summary>
    private static bool IsDeclaredBefore(ISymbol member) =>
        member.Locations.Any(place => place.IsInSource)
        && member.ContainingType.GetMembers(member.Name) is { Length: > 1 } namesakes
        && namesakes
            .TakeWhile(other => !SymbolEqualityComparer.Default.Equals(other, member))
            .Any(other => SignatureComparer.AreEqual(other.OriginalDefinition, member.OriginalDefinition));

    private static bool RunsOnProxy(ISymbol member) =>
        member is IMethodSymbol { MethodKind: MethodKind.Ordinary or MethodKind.ExplicitInterfaceImplementation } or IPropertySymbol
        && !member.IsAbstract
        && (member.IsStatic || !member.IsVirtual || !ExplicitImplementations(member).IsEmpty)
        && (member.DeclaredAccessibility != Accessibility.Private || !ExplicitImplementations(member).IsEmpty);

    private bool MayCall(ISymbol member, ISymbol hook) =>
        member.DeclaringSyntaxReferences.IsEmpty
        || member.DeclaringSyntaxReferences.Any(reference => reference.GetSyntax().DescendantNodes().OfType<SimpleNameSyntax>().Any(name =>
            name.Identifier.ValueText == hook.Name && !IsInNameOf(name) && RefersTo(name, hook)));

    private bool RefersTo(SimpleNameSyntax name, ISymbol member)
    {
        if (!_compilation.ContainsSyntaxTree(name.SyntaxTree))
        {
            return true;
        }

        var found = _compilation.GetSemanticModel(name.SyntaxTree).GetSymbolInfo(name);
        return found.CandidateSymbols.Concat(found.Symbol is { } symbol ? [symbol] : []).Any(candidate =>
            SymbolEqualityComparer.Default.Equals(candidate.OriginalDefinition, member.OriginalDefinition));
    }

    private static bool IsInNameOf(SimpleNameSyntax name) => name.Ancestors().OfType<InvocationExpressionSyntax>()
        .Any(call => call.Expression is IdentifierNameSyntax { Identifier.ValueText: "nameof" } && call.ArgumentList.Span.Contains(name.Span));

    private static ImmutableArray<ISymbol> ExplicitImplementations(ISymbol member) => member switch
    {
        IMethodSymbol method => ImmutableArray<ISymbol>.CastUp(method.ExplicitInterfaceImplementations),
        IPropertySymbol property => ImmutableArray<ISymbol>.CastUp(property.ExplicitInterfaceImplementations),
        IEventSymbol @event => ImmutableArray<ISymbol>.CastUp(@event.ExplicitInterfaceImplementations),
        _ => [],
    };
}
