using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Parsing;

/// <summary>
/// The warnings that a proxy would raise only by naming what the interface names: obsolete and experimental types. Who tagged
/// the interface has been told already.
/// </summary>
internal static class MentionedWarnings
{
    private static readonly string[] Obsolete = ["CS0612", "CS0618"];

    public static IEnumerable<string> Of(INamedTypeSymbol definition, IEnumerable<ISymbol> slots)
    {
        var mentioned = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        foreach (var type in definition.AllInterfaces.Insert(0, definition))
        {
            Collect(type, mentioned);
        }

        foreach (var parameter in ProxyName.TypeParameters(definition))
        {
            Collect(parameter, mentioned);
        }

        foreach (var slot in slots)
        {
            Collect(slot, mentioned);
        }

        return mentioned.Any(IsObsolete)
            ? Obsolete.Concat(Experimental(mentioned))
            : Experimental(mentioned);
    }

    private static IEnumerable<string> Experimental(HashSet<ISymbol> mentioned) =>
        mentioned.SelectMany(AttributeText.ExperimentalIds).Distinct().OrderBy(id => id, StringComparer.Ordinal);

    private static bool IsObsolete(ISymbol symbol) =>
        symbol.GetAttributes().Any(attribute => attribute.AttributeClass?.ToDisplayString() == "System.ObsoleteAttribute");

    private static void Collect(ISymbol? symbol, HashSet<ISymbol> mentioned)
    {
        if (symbol is null || !mentioned.Add(symbol))
        {
            return;
        }

        switch (symbol)
        {
            case IMethodSymbol method:
                Collect(method.ReturnType, mentioned);
                foreach (var parameter in method.TypeParameters)
                {
                    Collect(parameter, mentioned);
                }

                CollectTypes(method.Parameters, mentioned);
                break;
            case IPropertySymbol property:
                Collect(property.Type, mentioned);
                Collect(property.GetMethod, mentioned);
                Collect(property.SetMethod, mentioned);
                CollectTypes(property.Parameters, mentioned);
                break;
            case IEventSymbol @event:
                Collect(@event.Type, mentioned);
                break;
            case INamedTypeSymbol named:
                Collect(named.ContainingType, mentioned);
                foreach (var argument in named.TypeArguments)
                {
                    Collect(argument, mentioned);
                }

                break;
            case ITypeParameterSymbol parameter:
                foreach (var constraint in parameter.ConstraintTypes)
                {
                    Collect(constraint, mentioned);
                }

                break;
            case IArrayTypeSymbol array:
                Collect(array.ElementType, mentioned);
                break;
            case IPointerTypeSymbol pointer:
                Collect(pointer.PointedAtType, mentioned);
                break;
        }
    }

    private static void CollectTypes(IEnumerable<IParameterSymbol> parameters, HashSet<ISymbol> mentioned)
    {
        foreach (var parameter in parameters)
        {
            Collect(parameter.Type, mentioned);
        }
    }
}
