using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Shapes;

/// <summary>
/// Resolves <c>global::</c> with a full name by the rules of C#: a project's own types take precedence over those of references, and of these there must be
/// exactly one.
/// </summary>
internal sealed class GlobalNames(Compilation compilation)
{
    private readonly Dictionary<INamespaceSymbol, INamespaceSymbol?> _namespaces = new(SymbolEqualityComparer.Default);

    /// <summary>Returns why the full name of a type does not resolve to it, as the end of a sentence; null if it does.</summary>
    public string? ErrorOf(INamedTypeSymbol definition)
    {
        var outermost = definition;
        for (; outermost.ContainingType is { } outer; outermost = outer)
        {
            if (outer.GetTypeMembers(outermost.Name, outermost.Arity).Length > 1)
            {
                return $"'{outer.Name}' has two types with that name";
            }
        }

        if (Find(outermost.ContainingNamespace) is not { } space)
        {
            return IsReferenced(outermost) ? "a type has the same name as its namespace" : OnlyAlias(outermost);
        }

        var candidates = Reachable(space.GetTypeMembers(outermost.Name, outermost.Arity));
        return !candidates.Contains(outermost, SymbolEqualityComparer.Default) ? OfAnother(outermost, candidates)
            : candidates.Length > 1 ? $"{string.Join(" and ", candidates.Select(PlaceOf))} define it"
            : outermost.Arity == 0 && !IsOwn(outermost) && NamespaceIn(space, outermost.Name) is not null ? "a namespace has the same name"
            : null;
    }

    /// <summary>Returns why the name of a referenced type does not resolve to it, as the end of a sentence; null if it does.</summary>
    public string? ErrorOf(GlobalName name)
    {
        INamespaceSymbol? containing = compilation.GlobalNamespace;
        foreach (var part in name.Namespaces)
        {
            containing = containing is null ? null : Visible(containing, part);
        }

        var candidates = containing is null ? [] : Reachable(containing.GetTypeMembers(name.Name, name.Arity));
        return candidates.Length == 0 ? "no referenced assembly defines it"
            : candidates.Length > 1 ? $"{string.Join(" and ", candidates.Select(PlaceOf))} define it"
            : IsOwn(candidates[0]) && !name.MayBeOwn ? "this project defines a type with that name"
            : null;
    }

    /// <summary>Returns whether <c>global::</c> includes the types of a referenced assembly, which is not so if it is referenced only under an extern alias.</summary>
    public static bool IsUnderGlobal(IAssemblySymbol assembly, Compilation compilation) =>
        compilation.GetMetadataReference(assembly) is not { Properties.Aliases: { IsEmpty: false } aliases } || aliases.Contains(MetadataReferenceProperties.GlobalAlias);

    /// <summary>Returns the types that code of the compilation can refer to: its own, or else the accessible types of references.</summary>
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
        candidates.Any(IsOwn) ? "this project defines a type with that name"
        : candidates.IsEmpty || !IsReferenced(type) ? OnlyAlias(type)
        : $"the name refers to the type in {PlaceOf(candidates[0])}";

    private static string OnlyAlias(INamedTypeSymbol type) => $"{PlaceOf(type)} is referenced only under an extern alias";

    private static string PlaceOf(INamedTypeSymbol type) => $"'{type.ContainingAssembly.Name}'";

    private bool IsReferenced(INamedTypeSymbol type) => IsOwn(type) || IsUnderGlobal(type.ContainingAssembly, compilation);

    private bool IsOwn(ISymbol type) => SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, compilation.Assembly);

    private bool IsAccessible(INamedTypeSymbol type) =>
        type.DeclaredAccessibility == Accessibility.Public || compilation.IsSymbolAccessibleWithin(type, compilation.Assembly);

    private INamespaceSymbol? Find(INamespaceSymbol space) =>
        space.IsGlobalNamespace ? compilation.GlobalNamespace
        : _namespaces.TryGetValue(space, out var known) ? known
        : _namespaces[space] = Find(space.ContainingNamespace) is { } outer ? Visible(outer, space.Name) : null;

    /// <summary>Returns a namespace, unless its name refers to a type: one of the project's own, or any type if the project has no code in the namespace.</summary>
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
