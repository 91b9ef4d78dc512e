namespace ExperimentFramework.DataPlane.Science;

/// <summary>The recorded looks at the results of an experiment.</summary>
/// <param name="Count">The number of recorded looks.</param>
/// <param name="Latest">The latest looks, at most 100, newest first.</param>
/// <param name="Problem">Why looks from before this process started are missing, as a sentence; null if they are included.</param>
public sealed record LookHistory(long Count, IReadOnlyList<AnalysisLook> Latest, string? Problem)
{
    /// <summary>When the ledger was read, if other processes may also write to it: looks that they have recorded since are missing. Null if only this process writes to it, or if it has not been read yet.</summary>
    public DateTimeOffset? OthersReadAt { get; init; }
}
