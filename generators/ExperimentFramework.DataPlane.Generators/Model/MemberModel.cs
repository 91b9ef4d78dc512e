namespace ExperimentFramework.DataPlane.Generators.Model;

/// <summary>A member of a proxy.</summary>
/// <param name="Attributes">The attributes to repeat.</param>
/// <param name="Signature">Modifiers, type, declaring interface, name, type parameters, parameters and constraints.</param>
internal abstract record MemberModel(EquatableArray<string> Attributes, string Signature);

/// <summary>A method, which is one line unless its call is observed.</summary>
/// <param name="Attributes">The attributes to repeat.</param>
/// <param name="Signature">The declaration.</param>
/// <param name="Entry">The expression that selects and returns the variant.</param>
/// <param name="Call">The call on the variant.</param>
/// <param name="Enqueue">How the enqueueing of the exposure is awaited next to the result; null if it is not.</param>
/// <param name="Observation">How the call is observed until it completes; null if it is not.</param>
/// <param name="Prefetch">How the assignment is awaited before the call; null if it is not.</param>
internal sealed record MethodModel(
    EquatableArray<string> Attributes,
    string Signature,
    string Entry,
    VariantCallModel Call,
    EnqueueModel? Enqueue,
    ObservationModel? Observation,
    PrefetchModel? Prefetch)
    : MemberModel(Attributes, Signature);

/// <summary>A call on a variant.</summary>
/// <param name="Cast">The declaring interface if the call must go through it; otherwise empty.</param>
/// <param name="Text">The call, with a leading dot.</param>
/// <param name="ByRef"><c>ref </c>, <c>ref readonly </c> or empty.</param>
internal sealed record VariantCallModel(string Cast, string Text, string ByRef);

/// <summary>A method that the decorator implements.</summary>
/// <param name="Signature">The declaration.</param>
/// <param name="Expression">The body.</param>
internal sealed record DelegatedModel(string Signature, string Expression) : MemberModel(default, Signature);

/// <summary>A property or an indexer.</summary>
/// <param name="Attributes">The attributes to repeat.</param>
/// <param name="Signature">The declaration.</param>
/// <param name="Target">The property on the variant it stays on.</param>
/// <param name="ReturnsByRef">Whether the getter returns a reference.</param>
/// <param name="Getter">The attributes of the getter; null if there is none.</param>
/// <param name="Setter">The attributes of the setter; null if there is none.</param>
/// <param name="InitRefusal">The message of the exception that an init accessor throws, as a literal; null if there is none.</param>
internal sealed record PropertyModel(
    EquatableArray<string> Attributes,
    string Signature,
    string Target,
    bool ReturnsByRef,
    EquatableArray<string>? Getter,
    EquatableArray<string>? Setter,
    string? InitRefusal)
    : MemberModel(Attributes, Signature);

/// <summary>An event.</summary>
/// <param name="Attributes">The attributes to repeat.</param>
/// <param name="Signature">The declaration, without <c>event</c>.</param>
/// <param name="Modifiers">The modifiers before <c>event</c>.</param>
/// <param name="Target">The event on the variant it stays on.</param>
internal sealed record EventModel(EquatableArray<string> Attributes, string Signature, string Modifiers, string Target) : MemberModel(Attributes, Signature);
