namespace ExperimentFramework.DataPlane;

/// <summary>What happens to a call and its event when a queue is full.</summary>
public enum BackplaneFailureMode
{
    /// <summary>The event is dropped and counted; the call never waits.</summary>
    Drop = 0,

    /// <summary>
    /// The call waits for queue capacity, for at most <see cref="DataPlaneOptions.BlockTimeout"/>: asynchronous members await it, synchronous members
    /// block their thread. Only destinations in <see cref="DataPlaneOptions.RequiredDestinations"/> make callers wait.
    /// </summary>
    Block = 1,
}
