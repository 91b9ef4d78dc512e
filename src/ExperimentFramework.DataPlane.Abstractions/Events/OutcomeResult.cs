namespace ExperimentFramework.DataPlane;

/// <summary>How a call ended.</summary>
public enum OutcomeResult
{
    /// <summary>The call succeeded. So did a stream whose caller stopped enumerating it.</summary>
    Success = 0,

    /// <summary>The call threw an exception.</summary>
    Failure = 1,

    /// <summary>
    /// The caller canceled the call: it threw an <see cref="OperationCanceledException"/>, and the token that the caller passed to it, or to the enumeration
    /// of its stream, was canceled. A timeout inside the variant is a <see cref="Failure"/>.
    /// </summary>
    Canceled = 2,
}
