using System.Globalization;
using ExperimentFramework.DataPlane.Generators.Model;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Parsing;

/// <summary>Reads a tagged interface into the model of its proxy.</summary>
internal static class InterfaceParser
{
    /// <summary>The proxy's model; null where the interface cannot be carried.</summary>
    /// <param name="definition">The interface, not constructed.</param>
    /// <param name="tag">Its attribute.</param>
    /// <param name="isForeign">Whether the proxy stands in another assembly than the interface.</param>
    /// <param name="cancellationToken">Ends the parse when the edit it belongs to is outdated.</param>
    public static ProxyModel? Parse(INamedTypeSymbol definition, AttributeData tag, bool isForeign, CancellationToken cancellationToken)
    {
        if (InterfaceShape.IsRefused(definition))
        {
            return null;
        }

        var contract = ParseContract(definition, tag);
        var members = new MemberParser(definition, contract.FallbackToControl);
        var types = new TypeText();
        var typeParameters = ProxyName.TypeParameters(definition);
        var parsed = new List<MemberModel>();
        foreach (var declaring in definition.AllInterfaces.Insert(0, definition))
        {
            cancellationToken.ThrowIfCancellationRequested();
            parsed.AddRange(declaring.GetMembers().Where(InterfaceShape.IsSlot).Select(members.Parse));
        }

        return new ProxyModel(
            ProxyName.HintName(definition),
            definition.ContainingNamespace.IsGlobalNamespace ? "" : Qualified(definition.ContainingNamespace),
            typeParameters.Count > 0 && !isForeign && InterfaceShape.IsPublic(definition) ? "public" : "internal",
            ProxyName.Of(definition),
            typeParameters.Select(parameter => new TypeParameterModel(
                TypeText.Identifier(parameter.Name), TypeParameterConstraints.Repeated(parameter, types))).ToEquatableArray(),
            types.Of(definition),
            types.Of(definition).Replace('<', '{').Replace('>', '}'),
            contract,
            parsed.ToEquatableArray());
    }

    private static ContractModel ParseContract(INamedTypeSymbol definition, AttributeData tag)
    {
        int? semantics = null;
        string? samplingRate = null;
        var fallbackToControl = false;
        foreach (var argument in tag.NamedArguments)
        {
            switch (argument.Key, argument.Value.Value)
            {
                case ("Semantics", int value):
                    semantics = value;
                    break;
                case ("SamplingRate", double value):
                    samplingRate = Number(value);
                    break;
                case ("FallbackToControl", bool value):
                    fallbackToControl = value;
                    break;
            }
        }

        var name = Tag.Text(tag) is { } given ? TypeText.Literal(given) : DefaultName(definition);
        return new ContractModel(name, semantics, samplingRate, fallbackToControl);
    }

    private static string DefaultName(INamedTypeSymbol definition)
    {
        var typeParameters = ProxyName.TypeParameters(definition);
        if (typeParameters.Count == 0)
        {
            return TypeText.Literal(definition.Name);
        }

        var arguments = typeParameters.Select(parameter => "typeof(" + TypeText.Identifier(parameter.Name) + ").Name");
        return TypeText.Literal(definition.Name + "<") + " + " + string.Join(" + \", \" + ", arguments) + " + \">\"";
    }

    private static string Number(double value) =>
        double.IsNaN(value) ? "double.NaN"
        : double.IsPositiveInfinity(value) ? "double.PositiveInfinity"
        : double.IsNegativeInfinity(value) ? "double.NegativeInfinity"
        : value.ToString("R", CultureInfo.InvariantCulture) + "D";

    private static string Qualified(INamespaceSymbol space) =>
        space.ContainingNamespace is { IsGlobalNamespace: false } outer
            ? Qualified(outer) + "." + TypeText.Identifier(space.Name)
            : TypeText.Identifier(space.Name);
}
