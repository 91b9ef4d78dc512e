using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ExperimentFramework.DataPlane.Generators.Shapes;

/// <summary>The interfaces that a tagged interface stands for, and what of them a proxy implements.</summary>
public sealed class InterfaceSlots
{
    private readonly Compilation _compilation;
    private readonly HashSet<ISymbol> _reimplemented = new(SymbolEqualityComparer.Default);

    /// <summary>Reads a tagged interface.</summary>
    /// <param name="definition">The interface, not constructed.</param>
    /// <param name="compilation">Where the proxy will stand.</param>
    public InterfaceSlots(INamedTypeSymbol definition, Compilation compilation)
    {
        _compilation = compilation;

        // One interface may be reached with two nullabilities; it is one all the same.
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

        Slots = Members.Where(member => IsSlot(member) && !IsPasted(member)).ToImmutableArray();
    }

    /// <summary>The interface and its bases, each once.</summary>
    public ImmutableArray<INamedTypeSymbol> Interfaces { get; }

    /// <summary>All their members.</summary>
    public ImmutableArray<ISymbol> Members { get; }

    /// <summary>The members that a proxy implements.</summary>
    public ImmutableArray<ISymbol> Slots { get; }

    /// <summary>
    /// Whether the member is a slot of its own that a proxy implements: not what is inherited as it is, such as static, sealed
    /// and private members, and implementations of other slots.
    /// </summary>
    /// <param name="member">One of <see cref="Members"/>.</param>
    /// <returns>True for what the proxy has to implement.</returns>
    public bool IsSlot(ISymbol member) =>
        !member.IsStatic
        && (member.IsAbstract || member.IsVirtual)
        && (IsCallable(member) || (member.IsAbstract && !IsReimplemented(member)))
        && ExplicitImplementations(member).IsEmpty
        && member is IMethodSymbol { MethodKind: MethodKind.Ordinary } or IPropertySymbol or IEventSymbol;

    /// <summary>
    /// Whether the member is a default that a variant may override and that nobody but the interface's own code calls, where some of that
    /// code runs on the proxy: what is static, sealed or an implementation of another member. Where its source is here, it has to say the name.
    /// </summary>
    /// <param name="member">One of <see cref="Members"/>.</param>
    /// <returns>True where the proxy would run the default in the place of the variant's own.</returns>
    public bool IsHook(ISymbol member) =>
        member is { IsStatic: false, IsVirtual: true, IsAbstract: false }
        && !IsCallable(member)
        && member is IMethodSymbol { MethodKind: MethodKind.Ordinary } or IPropertySymbol or IEventSymbol
        && ExplicitImplementations(member).IsEmpty
        && Members.Any(other => RunsOnProxy(other) && MayCall(other, member));

    /// <summary>Whether one of the interfaces implements the member for the others.</summary>
    /// <param name="member">One of <see cref="Members"/>.</param>
    /// <returns>True where a class need not implement it.</returns>
    public bool IsReimplemented(ISymbol member) => _reimplemented.Contains(member);

    /// <summary>Whether code of the compilation can call the member on any variant.</summary>
    /// <param name="member">A member or an accessor.</param>
    /// <returns>False for protected members and for internal ones of elsewhere.</returns>
    public bool IsCallable(ISymbol member) =>
        member.DeclaredAccessibility == Accessibility.Public
        || (member.DeclaredAccessibility is Accessibility.Internal or Accessibility.ProtectedOrInternal
            && _compilation.IsSymbolAccessibleWithin(member, _compilation.Assembly));

    /// <summary>Whether an accessor is part of its property's slot.</summary>
    /// <param name="accessor">A getter or setter; null for none.</param>
    /// <returns>False for none, and for one that the interface keeps to itself.</returns>
    public static bool IsSlot(IMethodSymbol? accessor) =>
        accessor is { DeclaredAccessibility: not Accessibility.Private } && (accessor.IsAbstract || accessor.IsVirtual);

    /// <summary>Whether the compiler reports the member as declared before, as when an interface is pasted twice.</summary>
    private static bool IsPasted(ISymbol member) =>
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
            name.Identifier.ValueText == hook.Name && !IsOnlyNamed(name) && Means(name, hook)));

    private bool Means(SimpleNameSyntax name, ISymbol member)
    {
        if (!_compilation.ContainsSyntaxTree(name.SyntaxTree))
        {
            return true;
        }

        var found = _compilation.GetSemanticModel(name.SyntaxTree).GetSymbolInfo(name);
        return found.CandidateSymbols.Concat(found.Symbol is { } symbol ? [symbol] : []).Any(candidate =>
            SymbolEqualityComparer.Default.Equals(candidate.OriginalDefinition, member.OriginalDefinition));
    }

    private static bool IsOnlyNamed(SimpleNameSyntax name) => name.Ancestors().OfType<InvocationExpressionSyntax>()
        .Any(call => call.Expression is IdentifierNameSyntax { Identifier.ValueText: "nameof" } && call.ArgumentList.Span.Contains(name.Span));

    private static ImmutableArray<ISymbol> ExplicitImplementations(ISymbol member) => member switch
    {
        IMethodSymbol method => ImmutableArray<ISymbol>.CastUp(method.ExplicitInterfaceImplementations),
        IPropertySymbol property => ImmutableArray<ISymbol>.CastUp(property.ExplicitInterfaceImplementations),
        IEventSymbol @event => ImmutableArray<ISymbol>.CastUp(@event.ExplicitInterfaceImplementations),
        _ => [],
    };
}
