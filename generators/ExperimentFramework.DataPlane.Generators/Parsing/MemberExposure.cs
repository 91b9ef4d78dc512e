using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Parsing;

/// <summary>Whether a method exposes, and the expression that decides for it.</summary>
internal sealed class MemberExposure
{
    private readonly string _identity;
    private readonly string _attributes;

    private MemberExposure(bool isExposing, string identity, string attributes)
    {
        IsExposing = isExposing;
        _identity = identity;
        _attributes = attributes;
    }

    public bool IsExposing { get; }

    public static MemberExposure Of(IMethodSymbol method) => new(
        !IsLikeObject(method) && Tag.Of(method, WellKnownNames.NotExposed) is null,
        Identity(method),
        string.Concat(method.Parameters.Select(Attribute)));

    /// <summary>The expression that decides and gives the variant, or the call where it has to be observed.</summary>
    public string Entry(bool isObserved) => (IsExposing, isObserved) switch
    {
        (false, _) => $"this.decorator.Route({_identity})",
        (_, true) => $"this.decorator.Observe({_identity}){_attributes}",
        _ when _attributes.Length > 0 => $"this.decorator.Expose({_identity}){_attributes}.Serve()",
        _ => $"this.decorator.Serve({_identity})",
    };

    /// <summary>Disposal and the members of object are not what an experiment is about.</summary>
    private static bool IsLikeObject(IMethodSymbol method) =>
        (method.Name, method.Parameters.Length) is ("Dispose", 0) or ("DisposeAsync", 0) or ("ToString", 0) or ("GetHashCode", 0) or ("GetType", 0) or ("Equals", 1);

    private static string Identity(IMethodSymbol method)
    {
        var subject = Tagged(method, WellKnownNames.ExposureSubject);
        var tenant = Tagged(method, WellKnownNames.ExposureTenant);
        var subjectType = subject is null ? null : Tag.Text(Tag.Of(subject, WellKnownNames.ExposureSubject));
        return (subject, subjectType, tenant) switch
        {
            (null, _, null) => "",
            (_, null, null) => IdText(subject!),
            (_, _, null) => IdText(subject!) + ", " + TypeText.Literal(subjectType!),
            _ => (subject is null ? "null" : IdText(subject)) + ", "
                + (subjectType is null ? "null" : TypeText.Literal(subjectType)) + ", " + IdText(tenant),
        };
    }

    private static IParameterSymbol? Tagged(IMethodSymbol method, string tag) =>
        method.Parameters.FirstOrDefault(parameter => parameter.RefKind != RefKind.Out && CanBeId(parameter.Type) && Tag.Of(parameter, tag) is not null);

    private static bool CanBeId(ITypeSymbol type) => type.SpecialType == SpecialType.System_String || IsFormattable(type);

    private static bool IsFormattable(ITypeSymbol type)
    {
        var value = type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable ? nullable.TypeArguments[0] : type;
        return !value.IsRefLikeType && value.AllInterfaces.Any(candidate => candidate.Name == "IFormattable" && candidate.ContainingNamespace.Name == "System");
    }

    private static string IdText(IParameterSymbol parameter)
    {
        var name = TypeText.Identifier(parameter.Name);
        return parameter.Type.SpecialType == SpecialType.System_String ? name : $"global::{WellKnownNames.Namespace}.ExposureText.Of({name})";
    }

    private static string Attribute(IParameterSymbol parameter)
    {
        if (Tag.Of(parameter, WellKnownNames.ExposureAttribute) is not { } tag
            || parameter.RefKind == RefKind.Out
            || parameter.Type.IsRefLikeType
            || parameter.Type is IPointerTypeSymbol or IFunctionPointerTypeSymbol or ITypeParameterSymbol { AllowsRefLikeType: true })
        {
            return "";
        }

        var name = Tag.Text(tag) ?? parameter.Name;
        return $".With({TypeText.Literal(name)}, {TypeText.Identifier(parameter.Name)})";
    }
}
