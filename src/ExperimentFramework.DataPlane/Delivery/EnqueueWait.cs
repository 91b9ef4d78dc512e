namespace ExperimentFramework.DataPlane;

/// <summary>How a call waits for capacity, and what cancels the wait.</summary>
/// <param name="Mode">How the call waits.</param>
/// <param name="CancellationToken">Cancels the wait.</param>
internal readonly record struct EnqueueWait(WaitMode Mode, CancellationToken CancellationToken)
{
    /// <summary>Gets the wait of an event that no caller waits for.</summary>
    public static EnqueueWait InBackground => new(WaitMode.Task, CancellationToken.None);
}
