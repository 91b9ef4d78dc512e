namespace ExperimentFramework.DataPlane.Generators.Model;

/// <summary>A proxy to be written: every text is C# as it will stand in the file.</summary>
/// <param name="HintName">The file's name.</param>
/// <param name="Namespace">The namespace of interface and proxy; empty for the global one.</param>
/// <param name="OuterTypes">The partial types that the proxy is nested in, outermost first; empty where it stands by itself.</param>
/// <param name="Attributes">The attributes that the proxy repeats.</param>
/// <param name="Accessibility"><c>public</c>, <c>internal</c> or <c>private</c>.</param>
/// <param name="Name">The proxy's name.</param>
/// <param name="RegisterName">The name by which outer types hand the registration inwards.</param>
/// <param name="TypeParameters">Its type parameters.</param>
/// <param name="Interface">The interface, fully qualified, over those type parameters.</param>
/// <param name="DocumentationName">The interface for the XML summary.</param>
/// <param name="Contract">What is compiled in.</param>
/// <param name="Members">The members, in the order of declaration.</param>
internal sealed record ProxyModel(
    string HintName,
    string Namespace,
    EquatableArray<string> OuterTypes,
    EquatableArray<string> Attributes,
    string Accessibility,
    string Name,
    string RegisterName,
    EquatableArray<TypeParameterModel> TypeParameters,
    string Interface,
    string DocumentationName,
    ContractModel Contract,
    EquatableArray<MemberModel> Members);

/// <summary>A type parameter of a proxy.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Attributes">Its attributes, with a space behind each; empty for none.</param>
/// <param name="Constraints">Its constraints, without <c>where</c>; empty for none.</param>
internal sealed record TypeParameterModel(string Name, string Attributes, string Constraints);

/// <summary>What is compiled in of the attribute; null where the attribute says nothing.</summary>
/// <param name="ExperimentName">An expression.</param>
/// <param name="Semantics">The number of the enumeration's value.</param>
/// <param name="SamplingRate">An expression.</param>
/// <param name="FallbackToControl">Whether the proxy carries the code that falls back.</param>
/// <param name="RecordOutcomes">Whether the proxy carries the code that records outcomes.</param>
/// <param name="PersonalAttributes">The attributes that are declared personal, as literals.</param>
internal sealed record ContractModel(
    string ExperimentName, int? Semantics, string? SamplingRate, bool FallbackToControl, bool RecordOutcomes, EquatableArray<string> PersonalAttributes);
