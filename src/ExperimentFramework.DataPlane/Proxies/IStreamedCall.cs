namespace ExperimentFramework.DataPlane;

/// <summary>What a stream tells of the call that it is the result of.</summary>
/// <typeparam name="TService">The tagged interface.</typeparam>
internal interface IStreamedCall<out TService>
    where TService : class
{
    /// <summary>Says that the variant answered: no other will.</summary>
    void OnVariantSucceeded();

    /// <summary>Ends when the call's events have room, where callers wait for that.</summary>
    Task WhenEnqueuedAsync();

    /// <summary>Lets control answer from now on, because the variant failed.</summary>
    TService SwitchToControl(Exception failure);

    /// <summary>Says that the call has ended.</summary>
    Task CompletedAsync();

    /// <summary>Says that the call has ended with an exception.</summary>
    void OnFailed(Exception exception);

    /// <summary>The caller's own context, for control to run in as if it had been called directly.</summary>
    SynchronizationContextAwaiter SwitchToCallerContext();
}
