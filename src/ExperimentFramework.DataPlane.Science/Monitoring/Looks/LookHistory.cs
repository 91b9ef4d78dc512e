namespace ExperimentFramework.DataPlane.Science;

/// <summary>Who has looked at the results of an experiment.</summary>
/// <param name="Count">How many looks were recorded.</param>
/// <param name="Latest">The latest of them, at most 100, the newest first.</param>
/// <param name="Problem">Why looks from before this process started are not among them, as a sentence; null if they are.</param>
public sealed record LookHistory(long Count, IReadOnlyList<AnalysisLook> Latest, string? Problem)
{
    /// <summary>When the ledger was read, if other processes may write to it too: what they have recorded since is not among the looks. Null if only this process writes to it, or if it was not read yet.</summary>
    public DateTimeOffset? OthersReadAt { get; init; }
}
