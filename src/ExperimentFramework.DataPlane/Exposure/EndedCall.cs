namespace ExperimentFramework.DataPlane;

/// <summary>A call that has ended, as its outcome describes it.</summary>
/// <param name="Member">The name of the member.</param>
/// <param name="Subject">The subject that was served.</param>
/// <param name="Assigned">The decision.</param>
/// <param name="Served">The variant that answered.</param>
/// <param name="EndedAt">When the call ended.</param>
/// <param name="Duration">How long it took, including a failed attempt.</param>
/// <param name="Result">How it ended.</param>
/// <param name="Exception">The exception that it threw; null if it succeeded.</param>
internal readonly record struct EndedCall(
    string Member, Subject Subject, Decision Assigned, Variant Served, DateTimeOffset EndedAt, TimeSpan Duration, OutcomeResult Result, Exception? Exception)
{
    /// <summary>How long the assigned variant ran before it failed; null if the call did not fall back.</summary>
    public TimeSpan? FailedAttemptDuration { get; init; }
}
