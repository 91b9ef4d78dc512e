using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Shapes;

/// <summary>What <c>global::</c> and a full name mean in a compilation, by the rules of C#: a project's own types go before those of references, and of these there must be one.</summary>
internal sealed class GlobalNames(Compilation compilation)
{
    private readonly Dictionary<INamespaceSymbol, INamespaceSymbol?> _namespaces = new(SymbolEqualityComparer.Default);

    /// <summary>Why the full name of a type does not mean it, as the end of a sentence; null where it does.</summary>
    public string? FaultOf(INamedTypeSymbol definition)
    {
        var outermost = definition;
        for (; outermost.ContainingType is { } outer; outermost = outer)
        {
            if (outer.GetTypeMembers(outermost.Name, outermost.Arity).Length > 1)
            {
                return $"'{outer.Name}' has two types of that name";
            }
        }

        if (Find(outermost.ContainingNamespace) is not { } space)
        {
            return IsReferenced(outermost) ? "a type has the name of its namespace" : OnlyAlias(outermost);
        }

        var candidates = Reachable(space.GetTypeMembers(outermost.Name, outermost.Arity));
        return !candidates.Contains(outermost, SymbolEqualityComparer.Default) ? OfAnother(outermost, candidates)
            : candidates.Length > 1 ? $"{string.Join(" and ", candidates.Select(PlaceOf))} define it"
            : outermost.Arity == 0 && !IsOwn(outermost) && NamespaceIn(space, outermost.Name) is not null ? "a namespace has its name"
            : null;
    }

    /// <summary>Why the name of a type of references does not mean it, as the end of a sentence; null where it does.</summary>
    public string? FaultOf(GlobalName name)
    {
        INamespaceSymbol? containing = compilation.GlobalNamespace;
        foreach (var part in name.Namespaces)
        {
            containing = containing is null ? null : Visible(containing, part);
        }

        var candidates = containing is null ? [] : Reachable(containing.GetTypeMembers(name.Name, name.Arity));
        return candidates.Length == 0 ? "nothing that is referenced here defines it"
            : candidates.Length > 1 ? $"{string.Join(" and ", candidates.Select(PlaceOf))} define it"
            : IsOwn(candidates[0]) && !name.MayBeOwn ? "this project defines a type of that name"
            : null;
    }

    /// <summary>The types that code of the compilation can mean: its own, or else those of references that it may use.</summary>
    private ImmutableArray<INamedTypeSymbol> Reachable(ImmutableArray<INamedTypeSymbol> types)
    {
        if (types.Length == 1)
        {
            return IsAccessible(types[0]) ? types : [];
        }

        var own = types.Where(type => IsOwn(type) && !type.IsFileLocal).ToImmutableArray();
        return own.IsEmpty ? types.Where(IsAccessible).ToImmutableArray() : own;
    }

    private string OfAnother(INamedTypeSymbol type, ImmutableArray<INamedTypeSymbol> candidates) =>
        candidates.Any(IsOwn) ? "this project defines a type of that name"
        : candidates.IsEmpty || !IsReferenced(type) ? OnlyAlias(type)
        : $"it means the type of {PlaceOf(candidates[0])}";

    private static string OnlyAlias(INamedTypeSymbol type) => $"{PlaceOf(type)} is referenced only under an extern alias";

    private static string PlaceOf(INamedTypeSymbol type) => $"'{type.ContainingAssembly.Name}'";

    private bool IsReferenced(INamedTypeSymbol type) =>
        IsOwn(type) || compilation.GetMetadataReference(type.ContainingAssembly) is not { Properties.Aliases: { IsEmpty: false } aliases }
        || aliases.Contains(MetadataReferenceProperties.GlobalAlias);

    private bool IsOwn(ISymbol type) => SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, compilation.Assembly);

    private bool IsAccessible(INamedTypeSymbol type) =>
        type.DeclaredAccessibility == Accessibility.Public || compilation.IsSymbolAccessibleWithin(type, compilation.Assembly);

    private INamespaceSymbol? Find(INamespaceSymbol space) =>
        space.IsGlobalNamespace ? compilation.GlobalNamespace
        : _namespaces.TryGetValue(space, out var known) ? known
        : _namespaces[space] = Find(space.ContainingNamespace) is { } outer ? Visible(outer, space.Name) : null;

    /// <summary>A namespace, unless its name means a type: one of the project's own, or any where no code of the project is in the namespace.</summary>
    private INamespaceSymbol? Visible(INamespaceSymbol outer, string name)
    {
        var found = NamespaceIn(outer, name);
        return found is null
            || !Reachable(outer.GetTypeMembers(name, 0)).Any(type => IsOwn(type) || !found.ConstituentNamespaces.Any(IsOwn))
            ? found
            : null;
    }

    private static INamespaceSymbol? NamespaceIn(INamespaceSymbol outer, string name)
    {
        foreach (var member in outer.GetMembers(name))
        {
            if (member is INamespaceSymbol found)
            {
                return found;
            }
        }

        return null;
    }
}
