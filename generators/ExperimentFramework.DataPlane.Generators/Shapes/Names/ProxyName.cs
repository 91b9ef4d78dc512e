using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Shapes;

/// <summary>Names the proxy of an interface. The name is the same in the interface's own compilation and in those that reference it.</summary>
internal static class ProxyName
{
    private const string End = "ExposureProxy";

    /// <summary>Returns the simple name in the interface's namespace: outer types come first, with their arity.</summary>
    public static string Of(INamedTypeSymbol definition)
    {
        // Doubled underscores distinguish Outer.IInner from Outer_IInner, and Outer_.IInner from both.
        var name = definition.Name.Replace("_", "__");
        for (var outer = definition.ContainingType; outer is not null; outer = outer.ContainingType)
        {
            name = outer.MetadataName.Replace("_", "__").Replace('`', '_') + "_" + name;
        }

        return name + End;
    }

    /// <summary>Returns the simple name of a proxy that is nested in the interface's outer types.</summary>
    public static string Nested(INamedTypeSymbol definition) => definition.Name + End;

    /// <summary>Returns whether a type with the name may conflict with a proxy.</summary>
    public static bool IsLikeOne(string name) => name.EndsWith(End, StringComparison.Ordinal);

    /// <summary>Returns the name by which a compilation finds the proxy.</summary>
    public static string MetadataName(INamedTypeSymbol definition)
    {
        var arity = TypeParameters(definition).Count;
        return Qualify(definition, ".") + Of(definition) + (arity == 0 ? "" : "`" + arity);
    }

    /// <summary>Returns the fully qualified proxy with the type arguments of a closed interface.</summary>
    public static string Closed(INamedTypeSymbol closed)
    {
        var types = new TypeText();
        var arguments = TypeArguments(closed).Select(types.Of);
        return "global::" + Qualify(closed, ".", TypeText.Identifier) + Of(closed.OriginalDefinition) + "<" + string.Join(", ", arguments) + ">";
    }

    /// <summary>Returns a file name that is unique to the interface.</summary>
    public static string HintName(INamedTypeSymbol definition)
    {
        var name = definition.MetadataName;
        for (var outer = definition.ContainingType; outer is not null; outer = outer.ContainingType)
        {
            name = outer.MetadataName + "+" + name;
        }

        return ShortName.Of(Qualify(definition, ".") + name.Replace('`', '-')) + WellKnownNames.ProxyFileEnd;
    }

    /// <summary>Returns the type parameters of an interface and of the types it is nested in, outermost first.</summary>
    public static IReadOnlyList<ITypeParameterSymbol> TypeParameters(INamedTypeSymbol definition) =>
        [.. Chain(definition).SelectMany(type => type.TypeParameters)];

    /// <summary>Returns the type arguments of an interface and of the types it is nested in, outermost first.</summary>
    public static IEnumerable<ITypeSymbol> TypeArguments(INamedTypeSymbol closed) => Chain(closed).SelectMany(type => type.TypeArguments);

    private static IEnumerable<INamedTypeSymbol> Chain(INamedTypeSymbol type) =>
        type.ContainingType is null ? [type] : Chain(type.ContainingType).Append(type);

    private static string Qualify(INamedTypeSymbol type, string separator, Func<string, string>? identifier = null)
    {
        var parts = new Stack<string>();
        for (var space = type.ContainingNamespace; space is { IsGlobalNamespace: false }; space = space.ContainingNamespace)
        {
            parts.Push(identifier is null ? space.Name : identifier(space.Name));
        }

        return string.Concat(parts.Select(part => part + separator));
    }
}
