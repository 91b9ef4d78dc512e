namespace ExperimentFramework.DataPlane.Generators.Model;

/// <summary>The code around a call whose end the proxy has to see.</summary>
/// <param name="Shape">What kind of result is waited for.</param>
/// <param name="Fallback">What falling back to control needs; null where the call is only seen through.</param>
/// <param name="ReturnsValue">Whether the call has a result.</param>
/// <param name="MayBeNull">Whether the result can be null at run time, whatever its annotation says.</param>
/// <param name="AnswerType">The type of the result's local.</param>
/// <param name="CallLocal">A free name for the call.</param>
/// <param name="AnswerLocal">A free name for the result or the task.</param>
/// <param name="ErrorLocal">A free name for the exception.</param>
internal sealed record AfterCallModel(
    AfterCallShape Shape, FallbackModel? Fallback, bool ReturnsValue, bool MayBeNull, string AnswerType, string CallLocal, string AnswerLocal, string ErrorLocal);

/// <summary>What calling again takes.</summary>
/// <param name="CancellationToken">The caller's token, as an argument with its comma; empty for none.</param>
/// <param name="InnerLocal">A free name for what the task gives or, around a stream, for the variant.</param>
/// <param name="Helper">The asynchronous helper; null where none is needed.</param>
internal sealed record FallbackModel(string CancellationToken, string InnerLocal, HelperModel? Helper);

/// <summary>The asynchronous part of a call that may be made again.</summary>
/// <param name="Attributes">The attributes that it repeats of the member.</param>
/// <param name="Name">Its name.</param>
/// <param name="ReturnType">Its return type.</param>
/// <param name="TypeParameters">Its type parameters as declared; empty for none.</param>
/// <param name="TypeArguments">The same as passed; empty for none.</param>
/// <param name="Constraints">Their constraints.</param>
/// <param name="Parameters">Its parameters after call and task, each with its comma.</param>
/// <param name="Arguments">What is passed for them.</param>
internal sealed record HelperModel(
    EquatableArray<string> Attributes,
    string Name,
    string ReturnType,
    string TypeParameters,
    string TypeArguments,
    string Constraints,
    string Parameters,
    string Arguments);

/// <summary>The kinds of results that are waited for.</summary>
internal enum AfterCallShape
{
    Synchronous,
    Awaitable,
    Stream,
}
