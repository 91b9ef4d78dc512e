namespace ExperimentFramework.DataPlane;

/// <summary>Distinguishes a variant's failure from cancellation by its caller.</summary>
internal static class CallerCancellation
{
    /// <summary>Returns whether an exception is the variant's failure.</summary>
    public static bool IsFailure(Exception exception, CancellationToken callerToken) =>
        exception is not OperationCanceledException || !callerToken.IsCancellationRequested;
}
