using ExperimentFramework.DataPlane.Generators.Model;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Parsing;

/// <summary>Reads a tagged interface into the model of its proxy.</summary>
internal static class InterfaceParser
{
    /// <summary>Returns the model of the proxy; null if the interface cannot have one, which the analyzers report.</summary>
    /// <param name="definition">The interface, not constructed.</param>
    /// <param name="attribute">Its attribute.</param>
    /// <param name="compilation">The compilation that will contain the proxy, which may be another one than the interface's.</param>
    /// <param name="cancellationToken">Cancels parsing if the edit is outdated.</param>
    public static ProxyModel? Parse(INamedTypeSymbol definition, AttributeData attribute, Compilation compilation, CancellationToken cancellationToken)
    {
        var slots = new InterfaceSlots(definition, compilation);
        if (ShapeClassifier.Classify(definition, slots, compilation).Any(ShapeClassifier.IsError))
        {
            return null;
        }

        cancellationToken.ThrowIfCancellationRequested();
        return Read(definition, slots, attribute, compilation);
    }

    /// <summary>Returns the model regardless of whether a proxy can be generated.</summary>
    public static ProxyModel Read(INamedTypeSymbol definition, InterfaceSlots slots, AttributeData attribute, Compilation compilation)
    {
        var tag = new ProxyTag(attribute);
        var types = new TypeText(TypeParameterNames(definition));
        var parser = new MemberParser(definition, tag, types);
        var members = slots.Slots.Select(parser.Parse).ToEquatableArray();
        var typeParameters = ProxyName.TypeParameters(definition);
        var isAccessible = ShapeClassifier.IsAccessible(definition, compilation);
        var isForeign = !SymbolEqualityComparer.Default.Equals(definition.ContainingAssembly, compilation.Assembly);
        return new ProxyModel(
            new ProxyNames(
                ProxyName.HintName(definition),
                definition.ContainingNamespace.IsGlobalNamespace ? "" : Qualified(definition.ContainingNamespace),
                isAccessible ? ProxyName.Of(definition) : ProxyName.Nested(definition),
                "Register" + ProxyName.Of(definition),
                types.Of(definition).Replace('<', '{').Replace('>', '}')),
            isAccessible ? default : OuterTypes(definition).ToEquatableArray(),
            AttributeText.Type(definition).ToEquatableArray(),
            !isAccessible ? "private" : typeParameters.Count > 0 && !isForeign && TypeAccessibility.IsPublic(definition) ? "public" : "internal",
            typeParameters.Select(parameter => new TypeParameterModel(
                types.Of(parameter),
                AttributeText.Parameter(parameter),
                TypeParameterConstraints.Repeated(parameter, types))).ToEquatableArray(),
            types.Of(definition),
            new ContractModel(
                tag.ExperimentName is { } name ? TypeText.Literal(name) : DefaultName(definition, types),
                tag.Semantics,
                tag.SamplingRate,
                tag.FallbackToControl,
                tag.RecordOutcomes,
                parser.PersonalAttributes.Select(TypeText.Literal).ToEquatableArray()),
            members);
    }

    /// <summary>Returns unique names for the type parameters: nested types may have two with the same name, and the proxy has its own members.</summary>
    private static Dictionary<ISymbol, string> TypeParameterNames(INamedTypeSymbol definition)
    {
        var taken = new HashSet<string> { "decorator", "Register", ProxyName.Of(definition), ProxyName.Nested(definition) };
        var names = new Dictionary<ISymbol, string>(SymbolEqualityComparer.Default);
        foreach (var parameter in ProxyName.TypeParameters(definition))
        {
            names[parameter] = TypeText.Identifier(UniqueName.Create(parameter.Name, taken));
        }

        return names;
    }

    private static string DefaultName(INamedTypeSymbol definition, TypeText types)
    {
        var typeParameters = ProxyName.TypeParameters(definition);
        if (typeParameters.Count == 0)
        {
            return TypeText.Literal(definition.Name);
        }

        var arguments = typeParameters.Select(parameter => "typeof(" + types.Of(parameter) + ").Name");
        return TypeText.Literal(definition.Name + "<") + " + " + string.Join(" + \", \" + ", arguments) + " + \">\"";
    }

    private static Stack<string> OuterTypes(INamedTypeSymbol definition)
    {
        var outer = new Stack<string>();
        for (var type = definition.ContainingType; type is not null; type = type.ContainingType)
        {
            var kind = (type.TypeKind, type.IsRecord) switch
            {
                (TypeKind.Struct, true) => "record struct",
                (TypeKind.Struct, _) => "struct",
                (TypeKind.Interface, _) => "interface",
                (_, true) => "record",
                _ => "class",
            };
            outer.Push($"partial {kind} {TypeText.Identifier(type.Name)}");
        }

        return outer;
    }

    private static string Qualified(INamespaceSymbol space) =>
        space.ContainingNamespace is { IsGlobalNamespace: false } outer
            ? Qualified(outer) + "." + TypeText.Identifier(space.Name)
            : TypeText.Identifier(space.Name);
}
