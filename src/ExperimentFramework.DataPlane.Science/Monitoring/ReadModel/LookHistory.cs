namespace ExperimentFramework.DataPlane.Science;

/// <summary>Who has looked at the results of an experiment.</summary>
/// <param name="Count">How many looks were recorded.</param>
/// <param name="Latest">The latest of them, at most 100, the newest first.</param>
/// <param name="Problem">Why looks from before this process started are not among them, as a sentence; null if they are.</param>
public sealed record LookHistory(long Count, IReadOnlyList<AnalysisLook> Latest, string? Problem);
