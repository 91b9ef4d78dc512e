using System.Collections.Immutable;
using ExperimentFramework.DataPlane.Generators.Model;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Parsing;

/// <summary>Determines whether a member is exposing, and writes the expression that selects its variant.</summary>
internal sealed class MemberExposure
{
    private readonly ParameterTags _tags;
    private readonly string _member;
    private readonly string _identity;
    private readonly string _attributes;
    private readonly string? _token;

    private MemberExposure(ISymbol member, ImmutableArray<IParameterSymbol> parameters, ParameterText names, bool isExposing)
    {
        _tags = ParameterTags.Of(parameters);
        IsExposing = isExposing;
        _member = member.Name;
        _identity = IdentityText(_tags, names);
        _token = Token(parameters) is { } token ? names.Name(token) : null;
        _attributes = _tags.Attributes.Count == 0 ? "" : string.Concat(_tags.Attributes.Select(tagged => Attribute(tagged.Parameter, tagged.Tag, names)));
    }

    public bool IsExposing { get; }

    /// <summary>Gets the names of the attributes that are declared personal.</summary>
    public IEnumerable<string> PersonalAttributes => _tags.Attributes.Count == 0
        ? []
        : _tags.Attributes.Where(found => PersonalData.Declared(found.Parameter) == true).Select(found => NameOf(found.Tag, found.Parameter));

    /// <summary>Gets the arguments that identify subject and tenant; empty if there are none.</summary>
    public string Identity => _identity;

    /// <summary>Gets the expression for a property or an event: the variant that the proxy stays on.</summary>
    public string PinnedEntry => IsExposing ? $"this.decorator.{RuntimeCalls.ServePinned}({_identity})" : $"this.decorator.{RuntimeCalls.Pinned}";

    /// <summary>Reads an interface member.</summary>
    public static MemberExposure Of(ISymbol member, ParameterText names, ProxyTag tag) => new(
        member,
        SignatureTypes.Parameters(member),
        names,
        ExposingMembers.IsExposing(member, tag.ExposeProperties));

    /// <summary>Returns the expression for a method: the variant, or the call if it is observed.</summary>
    /// <param name="observation">How the call is observed; null if it is not.</param>
    /// <param name="isAwaited">Whether the result is awaited.</param>
    /// <param name="enenqueuedLocal">The local for the enqueueing that is awaited together with the result; null if there is none.</param>
    public string Entry(ObservationModel? observation, bool isAwaited, string? enenqueuedLocal)
    {
        var enqueued = enenqueuedLocal is null ? "" : "out global::System.Threading.Tasks.Task? " + enenqueuedLocal;
        var named = _token is null ? "" : "cancellationToken: " + _token;
        return (IsExposing, observation) switch
        {
            (false, _) => $"this.decorator.{RuntimeCalls.Route}({_identity})",
            (_, { } after) => $"this.decorator.{RuntimeCalls.Observe}({TypeText.Literal(_member)}, {Literal(after.Fallback is not null)}, {List(Literal(isAwaited), _identity, named)}){_attributes}",
            _ when _attributes.Length > 0 => $"this.decorator.{RuntimeCalls.Expose}({_identity}){_attributes}.{RuntimeCalls.Serve}({List(enqueued, _token ?? "")})",
            _ => $"this.decorator.{RuntimeCalls.Serve}({List(enqueued, _identity, named)})",
        };
    }

    private static string Literal(bool value) => value ? "true" : "false";

    private static string List(string first, string second, string third) => List(List(first, second), third);

    private static string List(string first, string second) =>
        first.Length == 0 ? second
        : second.Length == 0 ? first
        : first + ", " + second;

    private static IParameterSymbol? Token(ImmutableArray<IParameterSymbol> parameters)
    {
        foreach (var parameter in parameters)
        {
            if (parameter.RefKind != RefKind.Out && SymbolName.Is(parameter.Type, "System.Threading.CancellationToken"))
            {
                return parameter;
            }
        }

        return null;
    }

    private static string IdentityText(ParameterTags tags, ParameterText names) => (tags.Subject, tags.SubjectType, tags.Tenant) switch
    {
        (null, _, null) => "",
        (_, null, null) => IdText(tags.Subject!, names),
        (_, _, null) => IdText(tags.Subject!, names) + ", " + TypeText.Literal(tags.SubjectType!),
        var (subject, subjectType, tenant) => (subject is null ? "null" : IdText(subject, names)) + ", "
            + (subjectType is null ? "null" : TypeText.Literal(subjectType)) + ", " + IdText(tenant, names),
    };

    private static string IdText(IParameterSymbol parameter, ParameterText names)
    {
        var name = names.Name(parameter);
        return parameter.Type.SpecialType == SpecialType.System_String ? name : $"{RuntimeCalls.FormatSubjectId}({name})";
    }

    private static string Attribute(IParameterSymbol parameter, AttributeData tag, ParameterText names) =>
        ExposingMembers.AttributeError(parameter) is not null
            ? ""
            : $".{RuntimeCalls.With}({TypeText.Literal(NameOf(tag, parameter))}, {names.Name(parameter)})";

    private static string NameOf(AttributeData tag, IParameterSymbol parameter) => AttributeReader.Text(tag) ?? parameter.Name;
}
