namespace ExperimentFramework.DataPlane;

/// <summary>What happens to a call when there is no room for its event.</summary>
public enum BackplaneFailureMode
{
    /// <summary>The event is given up and counted; the call never waits.</summary>
    Drop = 0,

    /// <summary>
    /// The call waits for room, at most <see cref="DataPlaneOptions.BlockTimeout"/>: asynchronous members await it, synchronous ones
    /// block their thread. Only destinations in <see cref="DataPlaneOptions.RequiredDestinations"/> make callers wait.
    /// </summary>
    Block = 1,
}
