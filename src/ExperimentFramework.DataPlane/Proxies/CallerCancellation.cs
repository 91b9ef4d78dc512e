namespace ExperimentFramework.DataPlane;

/// <summary>Tells a variant's failure from its caller's own cancellation.</summary>
internal static class CallerCancellation
{
    /// <summary>Whether an exception is the variant's failure.</summary>
    public static bool IsFailure(Exception exception, CancellationToken callerToken) =>
        exception is not OperationCanceledException || !callerToken.IsCancellationRequested;
}
