namespace ExperimentFramework.DataPlane;

/// <summary>How a call waits for capacity, if callers must wait.</summary>
internal enum WaitMode
{
    /// <summary>The call blocks its thread.</summary>
    Thread,

    /// <summary>The call awaits a task.</summary>
    Task,
}
