namespace ExperimentFramework.DataPlane;

/// <summary>How a call waits for room, where callers have to.</summary>
internal enum WaitMode
{
    /// <summary>It blocks its thread.</summary>
    Thread,

    /// <summary>It is given a task to await.</summary>
    Task,
}
