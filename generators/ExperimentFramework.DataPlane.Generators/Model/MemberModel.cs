namespace ExperimentFramework.DataPlane.Generators.Model;

/// <summary>A member of a proxy.</summary>
internal abstract record MemberModel;

/// <summary>A method: one line, unless something has to happen after the call.</summary>
/// <param name="Signature">Return type, declaring interface, name, type parameters, parameters and constraints.</param>
/// <param name="Entry">The expression that decides and gives the variant.</param>
/// <param name="Cast">The declaring interface, where the call has to go through it; empty elsewhere.</param>
/// <param name="Call">What is called on the variant, with the dot.</param>
/// <param name="ReturnsByRef">Whether the result is a reference.</param>
/// <param name="AfterCall">What has to happen after the call; null for nothing.</param>
internal sealed record MethodModel(string Signature, string Entry, string Cast, string Call, bool ReturnsByRef, AfterCallModel? AfterCall) : MemberModel;

/// <summary>A method whose whole work the decorator does.</summary>
/// <param name="Signature">Return type, declaring interface and name.</param>
/// <param name="Expression">What it does.</param>
internal sealed record DelegatedModel(string Signature, string Expression) : MemberModel;

/// <summary>A property or an indexer.</summary>
/// <param name="Signature">Type, declaring interface and name or <c>this[...]</c>.</param>
/// <param name="Target">The property on the variant it stays on.</param>
/// <param name="ReturnsByRef">Whether the getter gives a reference.</param>
/// <param name="HasGetter">Whether there is a getter.</param>
/// <param name="Setter">Whether and how it is set.</param>
internal sealed record PropertyModel(string Signature, string Target, bool ReturnsByRef, bool HasGetter, SetterKind Setter) : MemberModel;

/// <summary>An event.</summary>
/// <param name="Signature">Type, declaring interface and name.</param>
/// <param name="Target">The event on the variant it stays on.</param>
internal sealed record EventModel(string Signature, string Target) : MemberModel;

/// <summary>How a property is set.</summary>
internal enum SetterKind
{
    None,
    Set,
    Init,
}

/// <summary>The code around a call whose result the proxy has to see.</summary>
/// <param name="Kind">The shape of the code.</param>
/// <param name="HelperName">The name of the asynchronous helper.</param>
/// <param name="HelperReturnType">Its return type.</param>
/// <param name="HelperTypeParameters">Its type parameters; empty for none.</param>
/// <param name="HelperConstraints">Their constraints.</param>
/// <param name="HelperParameters">Its parameters after call and task; empty for none.</param>
/// <param name="HelperArguments">What is passed for them.</param>
/// <param name="CancellationToken">The caller's token, as an argument with its comma; empty for none.</param>
/// <param name="ReturnsValue">Whether the call has a result.</param>
/// <param name="CallLocal">A free name for the call.</param>
/// <param name="TaskLocal">A free name for the task or the result.</param>
/// <param name="ErrorLocal">A free name for the exception.</param>
/// <param name="InnerLocal">A free name for what the task gives or, around a stream, for the variant.</param>
internal sealed record AfterCallModel(
    AfterCallKind Kind,
    string HelperName,
    string HelperReturnType,
    string HelperTypeParameters,
    string HelperConstraints,
    string HelperParameters,
    string HelperArguments,
    string CancellationToken,
    bool ReturnsValue,
    string CallLocal,
    string TaskLocal,
    string ErrorLocal,
    string InnerLocal);

/// <summary>The shapes of the code around a call.</summary>
internal enum AfterCallKind
{
    Synchronous,
    Awaitable,
    Stream,
}
