namespace ExperimentFramework.DataPlane.Generators.Model;

/// <summary>A proxy to be generated. Every text is C# as it will appear in the file.</summary>
/// <param name="Names">Its names.</param>
/// <param name="OuterTypes">The partial types that the proxy is nested in, outermost first; empty if it is not nested.</param>
/// <param name="Attributes">The attributes to repeat.</param>
/// <param name="Accessibility"><c>public</c>, <c>internal</c> or <c>private</c>.</param>
/// <param name="TypeParameters">Its type parameters.</param>
/// <param name="Interface">The interface, fully qualified, over those type parameters.</param>
/// <param name="Contract">The settings that are compiled in.</param>
/// <param name="Members">The members, in declaration order.</param>
internal sealed record ProxyModel(
    ProxyNames Names,
    EquatableArray<string> OuterTypes,
    EquatableArray<string> Attributes,
    string Accessibility,
    EquatableArray<TypeParameterModel> TypeParameters,
    string Interface,
    ContractModel Contract,
    EquatableArray<MemberModel> Members);

/// <summary>The names of a proxy.</summary>
/// <param name="Hint">The name of the file.</param>
/// <param name="Namespace">The namespace of interface and proxy; empty for the global one.</param>
/// <param name="Type">The proxy's name.</param>
/// <param name="Register">The name of the methods through which outer types pass the registration on.</param>
/// <param name="Documentation">The interface for the XML summary.</param>
internal sealed record ProxyNames(string Hint, string Namespace, string Type, string Register, string Documentation);

/// <summary>A type parameter of a proxy.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Attributes">Its attributes, each followed by a space; empty if there are none.</param>
/// <param name="Constraints">Its constraints, without <c>where</c>; empty if there are none.</param>
internal sealed record TypeParameterModel(string Name, string Attributes, string Constraints);

/// <summary>The settings of the attribute that are compiled into a proxy; null for those that the attribute does not set.</summary>
/// <param name="ExperimentName">The experiment's name, as an expression.</param>
/// <param name="Semantics">The numeric value of the enumeration.</param>
/// <param name="SamplingRate">The sampling rate, as an expression.</param>
/// <param name="FallbackToControl">Whether the proxy contains the code that falls back to control.</param>
/// <param name="RecordOutcomes">Whether the proxy contains the code that records outcomes.</param>
/// <param name="PersonalAttributes">The attributes that are declared personal, as literals.</param>
internal sealed record ContractModel(
    string ExperimentName, int? Semantics, string? SamplingRate, bool FallbackToControl, bool RecordOutcomes, EquatableArray<string> PersonalAttributes);
