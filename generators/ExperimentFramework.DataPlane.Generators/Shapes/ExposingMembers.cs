using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Shapes;

/// <summary>Which members of a tagged interface expose, and which of their parameters can say who the subject is.</summary>
public static class ExposingMembers
{
    /// <summary>
    /// Whether a call of the member is an exposure: methods are, unless they are named like object's or like disposal;
    /// properties and events are not; a tag on the member goes before either.
    /// </summary>
    /// <param name="member">A slot of the interface.</param>
    /// <param name="exposeProperties">What the interface's attribute says of properties.</param>
    /// <returns>False for what is only forwarded.</returns>
    public static bool IsExposing(ISymbol member, bool exposeProperties)
    {
        var isTagged = false;
        foreach (var attribute in member.GetAttributes())
        {
            if (SymbolName.Is(attribute.AttributeClass, WellKnownNames.NotExposed))
            {
                return false;
            }

            isTagged |= SymbolName.Is(attribute.AttributeClass, WellKnownNames.Exposed);
        }

        return isTagged || member switch
        {
            IMethodSymbol method => !IsLikeObject(method),
            IPropertySymbol => exposeProperties,
            _ => false,
        };
    }

    /// <summary>Whether a value of the type can be a subject's or a tenant's id: text, a formattable value, or a type parameter that may be either.</summary>
    /// <param name="type">A parameter's type.</param>
    /// <returns>False for a value without an invariant text.</returns>
    public static bool CanBeId(ITypeSymbol type) =>
        ValueOf(type) is var value
        && (value.SpecialType == SpecialType.System_String || value is ITypeParameterSymbol { AllowsRefLikeType: false } || IsFormattable(value));

    /// <summary>Why a parameter's value cannot be an attribute of an exposure; null where it can.</summary>
    /// <param name="parameter">A tagged parameter.</param>
    /// <returns>The reason, as the end of a sentence.</returns>
    public static string? AttributeFault(IParameterSymbol parameter) => parameter switch
    {
        { RefKind: RefKind.Out } => "it is an out parameter",
        { Type.IsRefLikeType: true } or { Type: ITypeParameterSymbol { AllowsRefLikeType: true } } => "a ref struct cannot be kept",
        { Type: IPointerTypeSymbol or IFunctionPointerTypeSymbol } => "a pointer cannot be kept",
        _ => null,
    };

    private static ITypeSymbol ValueOf(ITypeSymbol type) =>
        type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable ? nullable.TypeArguments[0] : type;

    private static bool IsFormattable(ITypeSymbol value)
    {
        if (value.IsRefLikeType)
        {
            return false;
        }

        foreach (var candidate in value.AllInterfaces)
        {
            if (SymbolName.Is(candidate, "System.IFormattable"))
            {
                return true;
            }
        }

        return SymbolName.Is(value, "System.IFormattable");
    }

    /// <summary>Disposal and the members of object are not what an experiment is about.</summary>
    private static bool IsLikeObject(IMethodSymbol method) =>
        (method.Name, method.Parameters.Length) is
            ("Dispose", 0) or ("DisposeAsync", 0) or ("ToString", 0) or ("GetHashCode", 0) or ("GetType", 0) or ("Equals", 1);
}
