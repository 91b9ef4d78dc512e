namespace ExperimentFramework.DataPlane;

/// <summary>Callbacks through which a wrapped stream reports on the call that returned it.</summary>
/// <typeparam name="TService">The tagged interface.</typeparam>
internal interface IStreamedCall<out TService>
    where TService : class
{
    /// <summary>Reports that the variant succeeded, so that no fallback is possible any more.</summary>
    void OnVariantSucceeded();

    /// <summary>Completes when the call's events are enqueued or dropped; at once if callers do not wait for capacity.</summary>
    Task WhenEnqueuedAsync();

    /// <summary>Falls back to control because the variant failed.</summary>
    TService SwitchToControl(Exception failure);

    /// <summary>Reports that the call has completed.</summary>
    Task CompletedAsync();

    /// <summary>Reports that the call has ended with an exception.</summary>
    /// <param name="exception">The exception.</param>
    /// <param name="enumerationToken">The token that the caller passed to the enumeration.</param>
    void OnFailed(Exception exception, CancellationToken enumerationToken);

    /// <summary>Returns an awaiter that resumes in the caller's context, so that control runs as if it had been called directly.</summary>
    SynchronizationContextAwaiter SwitchToCallerContext();
}
