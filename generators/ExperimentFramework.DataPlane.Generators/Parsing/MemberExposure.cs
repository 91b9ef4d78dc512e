using System.Collections.Immutable;
using ExperimentFramework.DataPlane.Generators.Model;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Parsing;

/// <summary>Whether a member exposes, and the expression that decides for it.</summary>
internal sealed class MemberExposure
{
    private readonly string _member;
    private readonly string _identity;
    private readonly string _attributes;

    private MemberExposure(ISymbol member, ImmutableArray<IParameterSymbol> parameters, bool isExposing)
    {
        IsExposing = isExposing;
        _member = TypeText.Literal(member.Name);
        _identity = Identity(parameters);
        _attributes = string.Concat(parameters.Select(Attribute));
    }

    public bool IsExposing { get; }

    /// <summary>For a property or an event: the variant the proxy stays on.</summary>
    public string PinnedEntry => IsExposing ? $"this.decorator.ServePinned({_identity})" : "this.decorator.Pinned";

    /// <summary>A method exposes, unless it is one of object's or says otherwise.</summary>
    public static MemberExposure OfMethod(IMethodSymbol method) =>
        new(method, method.Parameters, IsTagged(method) ?? !IsLikeObject(method));

    /// <summary>A property does not expose, unless it or the interface says otherwise.</summary>
    public static MemberExposure OfProperty(IPropertySymbol property, ProxyTag tag) =>
        new(property, property.Parameters, IsTagged(property) ?? tag.ExposeProperties);

    /// <summary>An event does not expose, unless it says otherwise.</summary>
    public static MemberExposure OfEvent(IEventSymbol @event) => new(@event, [], IsTagged(@event) ?? false);

    /// <summary>For a method: the variant, or the call where it has to be seen through.</summary>
    public string Entry(AfterCallModel? afterCall) => (IsExposing, afterCall) switch
    {
        (false, _) => $"this.decorator.Route({_identity})",
        (_, { } after) => $"this.decorator.Observe({_member}, {(after.Fallback is null ? "false" : "true")}{(_identity.Length == 0 ? "" : ", " + _identity)}){_attributes}",
        _ when _attributes.Length > 0 => $"this.decorator.Expose({_identity}){_attributes}.Serve()",
        _ => $"this.decorator.Serve({_identity})",
    };

    private static bool? IsTagged(ISymbol member) =>
        Tag.Of(member, WellKnownNames.NotExposed) is not null ? false
        : Tag.Of(member, WellKnownNames.Exposed) is not null ? true
        : null;

    /// <summary>Disposal and the members of object are not what an experiment is about.</summary>
    private static bool IsLikeObject(IMethodSymbol method) =>
        (method.Name, method.Parameters.Length) is
            ("Dispose", 0) or ("DisposeAsync", 0) or ("ToString", 0) or ("GetHashCode", 0) or ("GetType", 0) or ("Equals", 1);

    private static string Identity(ImmutableArray<IParameterSymbol> parameters)
    {
        var subject = Tagged(parameters, WellKnownNames.ExposureSubject);
        var tenant = Tagged(parameters, WellKnownNames.ExposureTenant);
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

    private static IParameterSymbol? Tagged(ImmutableArray<IParameterSymbol> parameters, string tag) =>
        parameters.FirstOrDefault(parameter => parameter.RefKind != RefKind.Out && CanBeId(parameter.Type) && Tag.Of(parameter, tag) is not null);

    /// <summary>Text, a value with an invariant text, or a type parameter that may be either.</summary>
    private static bool CanBeId(ITypeSymbol type) =>
        type.SpecialType == SpecialType.System_String || IsFormattable(type) || type is ITypeParameterSymbol { AllowsRefLikeType: false };

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

        return $".With({TypeText.Literal(Tag.Text(tag) ?? parameter.Name)}, {TypeText.Identifier(parameter.Name)})";
    }
}
