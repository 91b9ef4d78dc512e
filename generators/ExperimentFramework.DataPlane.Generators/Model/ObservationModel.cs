namespace ExperimentFramework.DataPlane.Generators.Model;

/// <summary>The code around a call that the proxy observes until it completes.</summary>
/// <param name="Shape">The kind of result that is observed.</param>
/// <param name="Fallback">How the call falls back to control; null if it is only observed.</param>
/// <param name="ReturnsValue">Whether the call has a result.</param>
/// <param name="MayBeNull">Whether the result can be null at runtime, regardless of its annotation.</param>
/// <param name="ResultType">The type of the local for the result.</param>
/// <param name="CallLocal">An unused name for the call.</param>
/// <param name="ResultLocal">An unused name for the result or the task.</param>
/// <param name="ErrorLocal">An unused name for the exception.</param>
internal sealed record ObservationModel(
    ObservationShape Shape, FallbackModel? Fallback, bool ReturnsValue, bool MayBeNull, string ResultType, string CallLocal, string ResultLocal, string ErrorLocal);

/// <summary>How a call is repeated on control. If its arguments cannot be stored until it fails, it is wrapped in a loop.</summary>
/// <param name="Method">The runtime method that makes the call; null for a loop.</param>
/// <param name="CancellationToken">The caller's token as an argument with a leading comma; empty if there is none.</param>
/// <param name="VariantLocal">An unused name for the variant.</param>
internal sealed record FallbackModel(string? Method, string CancellationToken, string VariantLocal);

/// <summary>The kinds of results that are observed.</summary>
internal enum ObservationShape
{
    Synchronous,
    Awaitable,
    Stream,
}
