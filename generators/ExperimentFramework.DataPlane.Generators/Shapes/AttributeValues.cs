using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Shapes;

/// <summary>
/// Determines whether the arguments of attributes can be read. In the generator's compilation a constant that another source generator writes does not
/// exist, and an argument that does not exist must not be read as one that is not set.
/// </summary>
internal static class AttributeValues
{
    /// <summary>Returns the first unreadable tag of an interface, or of a parameter of its members; null if all can be read.</summary>
    public static AttributeData? FirstUnreadableTag(INamedTypeSymbol definition, ImmutableArray<ISymbol> slots)
    {
        if (SymbolName.Attribute(definition, WellKnownNames.ExposureLogged) is { } tag && !AreKnown(tag))
        {
            return tag;
        }

        foreach (var slot in slots)
        {
            foreach (var parameter in SignatureTypes.Parameters(slot))
            {
                foreach (var attribute in parameter.GetAttributes())
                {
                    if (IsTag(attribute.AttributeClass) && !AreKnown(attribute))
                    {
                        return attribute;
                    }
                }
            }
        }

        return null;
    }

    /// <summary>Returns whether a type is the attribute of a parameter that takes arguments.</summary>
    public static bool IsTag(INamedTypeSymbol? attribute) =>
        attribute is { Name: "ExposureSubjectAttribute" or "ExposureAttributeAttribute" } && SymbolName.IsIn(attribute, WellKnownNames.Namespace);

    /// <summary>Returns whether the constructor and all arguments resolve. They do not while they are typed, or if they need something that is missing.</summary>
    public static bool AreKnown(AttributeData attribute) =>
        attribute.AttributeConstructor is { } constructor
        && attribute.ConstructorArguments.Length == constructor.Parameters.Length
        && attribute.ConstructorArguments.All(IsKnown)
        && attribute.NamedArguments.All(argument => IsKnown(argument.Value));

    private static bool IsKnown(TypedConstant constant) =>
        constant.Kind != TypedConstantKind.Error
        && (constant.Kind != TypedConstantKind.Array || constant.IsNull || constant.Values.All(IsKnown))
        && (constant.Kind != TypedConstantKind.Type || MissingTypes.In(constant.Value as ITypeSymbol) is null);
}
