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
internal sealed record ObservationModel(
    ObservationShape Shape, FallbackModel? Fallback, bool ReturnsValue, bool MayBeNull, string AnswerType, string CallLocal, string AnswerLocal, string ErrorLocal);

/// <summary>How a call is made again. Where its arguments cannot be kept until it has failed, a loop stands around it.</summary>
/// <param name="Method">The method of the run time that makes the call; null for a loop.</param>
/// <param name="CancellationToken">The caller's token, as an argument with its comma; empty for none.</param>
/// <param name="VariantLocal">A free name for the variant.</param>
internal sealed record FallbackModel(string? Method, string CancellationToken, string VariantLocal);

/// <summary>The kinds of results that are waited for.</summary>
internal enum ObservationShape
{
    Synchronous,
    Awaitable,
    Stream,
}
