namespace ExperimentFramework.DataPlane.Generators.Model;

/// <summary>A member of a proxy.</summary>
/// <param name="Attributes">The attributes that it repeats.</param>
/// <param name="Signature">Modifiers, type, declaring interface, name, type parameters, parameters and constraints.</param>
internal abstract record MemberModel(EquatableArray<string> Attributes, string Signature);

/// <summary>A method: one line, unless something has to happen after the call.</summary>
/// <param name="Attributes">The attributes that it repeats.</param>
/// <param name="Signature">The declaration.</param>
/// <param name="Entry">The expression that decides and gives the variant.</param>
/// <param name="Cast">The declaring interface, where the call has to go through it; empty elsewhere.</param>
/// <param name="Call">What is called on the variant, with the dot.</param>
/// <param name="ByRef"><c>ref </c>, <c>ref readonly </c> or empty.</param>
/// <param name="Queued">What is awaited beside the result; null where nothing is.</param>
/// <param name="AfterCall">What has to happen after the call; null for nothing.</param>
/// <param name="Awaited">What has to happen before it; null for nothing.</param>
internal sealed record MethodModel(
    EquatableArray<string> Attributes,
    string Signature,
    string Entry,
    string Cast,
    string Call,
    string ByRef,
    EnqueueModel? Queued,
    ObservationModel? AfterCall,
    PrefetchModel? Awaited)
    : MemberModel(Attributes, Signature);

/// <summary>A method whose whole work the decorator does.</summary>
/// <param name="Signature">The declaration.</param>
/// <param name="Expression">What it does.</param>
internal sealed record DelegatedModel(string Signature, string Expression) : MemberModel(default, Signature);

/// <summary>A property or an indexer.</summary>
/// <param name="Attributes">The attributes that it repeats.</param>
/// <param name="Signature">The declaration.</param>
/// <param name="Target">The property on the variant it stays on.</param>
/// <param name="ReturnsByRef">Whether the getter gives a reference.</param>
/// <param name="Getter">The attributes of the getter; null where there is none.</param>
/// <param name="Setter">The attributes of the setter; null where there is none.</param>
/// <param name="InitRefusal">What an init accessor answers, as a literal; null where there is none.</param>
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
/// <param name="Attributes">The attributes that it repeats.</param>
/// <param name="Signature">The declaration, without <c>event</c>.</param>
/// <param name="Modifiers">What stands before <c>event</c>.</param>
/// <param name="Target">The event on the variant it stays on.</param>
internal sealed record EventModel(EquatableArray<string> Attributes, string Signature, string Modifiers, string Target) : MemberModel(Attributes, Signature);
