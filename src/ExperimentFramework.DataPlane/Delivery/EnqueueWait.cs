namespace ExperimentFramework.DataPlane;

/// <summary>How a call waits for room, and what ends the wait.</summary>
internal readonly record struct EnqueueWait(WaitMode Mode, CancellationToken CancellationToken);
