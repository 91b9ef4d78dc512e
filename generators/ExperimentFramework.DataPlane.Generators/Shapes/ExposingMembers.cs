using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Shapes;

/// <summary>Determines which members of a tagged interface are exposing, and which parameters can be ids and attributes.</summary>
internal static class ExposingMembers
{
    /// <summary>
    /// Returns whether a call to the member is an exposure. Methods are exposing unless they are named like the methods of object or like disposal; properties
    /// and events are not. An attribute on the member takes precedence.
    /// </summary>
    /// <param name="member">A member that a proxy implements.</param>
    /// <param name="exposeProperties">Whether the interface's attribute makes properties exposing.</param>
    /// <returns>False if the member is only forwarded.</returns>
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

    /// <summary>Returns whether a type can be used for subject and tenant ids: string, a formattable type, or a type parameter that may be either.</summary>
    /// <param name="type">The type of a parameter.</param>
    /// <returns>False if its values have no culture-invariant text.</returns>
    public static bool CanBeId(ITypeSymbol type) =>
        ValueOf(type) is var value
        && (value.SpecialType == SpecialType.System_String || value is ITypeParameterSymbol { AllowsRefLikeType: false } || IsFormattable(value));

    /// <summary>
    /// Returns whether generated code can pass a parameter on as an id. It does so for types that <see cref="CanBeId"/> rejects too: another source generator
    /// may write the part of a type that makes it formattable, which only the analyzers see. They report the types that are not (DP3002).
    /// </summary>
    /// <param name="parameter">A parameter that is tagged as subject or tenant.</param>
    /// <returns>False if it has no value yet, or one that cannot be a type argument.</returns>
    public static bool CanBeFormatted(IParameterSymbol parameter) => AttributeError(parameter) is null;

    /// <summary>Returns why a parameter cannot be an attribute of an exposure; null if it can.</summary>
    /// <param name="parameter">A tagged parameter.</param>
    /// <returns>The reason, as the end of a sentence.</returns>
    public static string? AttributeError(IParameterSymbol parameter) => parameter switch
    {
        { RefKind: RefKind.Out } => "it is an out parameter",
        { Type.IsRefLikeType: true } or { Type: ITypeParameterSymbol { AllowsRefLikeType: true } } => "a ref struct cannot be stored",
        { Type: IPointerTypeSymbol or IFunctionPointerTypeSymbol } => "a pointer cannot be stored",
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

    /// <summary>Disposal and the members of object are not part of what an experiment tests.</summary>
    private static bool IsLikeObject(IMethodSymbol method) =>
        (method.Name, method.Parameters.Length) is
            ("Dispose", 0) or ("DisposeAsync", 0) or ("ToString", 0) or ("GetHashCode", 0) or ("GetType", 0) or ("Equals", 1);
}
