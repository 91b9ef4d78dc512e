using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>The warnings that a reader of an experiment's results needs first.</summary>
internal static class Cautions
{
    /// <summary>The time after which verdicts are outdated. The monitor of a process evaluates every second.</summary>
    private static readonly TimeSpan LongestSinceEvaluation = TimeSpan.FromSeconds(10);

    /// <summary>The warnings, most severe first.</summary>
    public static IEnumerable<WarningPart> Of(ExperimentDetail detail)
    {
        var status = detail.Status;
        if (Failure(detail) is { } failure)
        {
            yield return new WarningPart("Incomplete:", failure);
        }

        if (status.Doubt is { } doubt)
        {
            yield return new WarningPart("Untrustworthy:", doubt + " Until then, means and comparisons are left out.");
        }
        else if (SplitCaution(status.State) is { } caution)
        {
            yield return new WarningPart("Caution:", caution);
        }

        if (status.HasCrossovers)
        {
            yield return new WarningPart("Caution:", "more subjects than expected changed variants without an explanation, so their results are a mixture of both variants.");
        }
    }

    /// <summary>Describes why monitoring failed, as the end of a sentence; null if it did not. The text does not change from second to second, because each change is read aloud.</summary>
    public static string? Failure(ExperimentDetail detail) =>
        detail.HasFailed ? "monitoring of this experiment failed, so its counts and verdicts are incomplete. The log of the application contains the reason."
        : OutdatedSince(detail.Source, detail.EvaluatedAt, detail.Time) is { } time ? $"the verdicts are as of {TableText.Time(time)}: the monitor has not evaluated the experiment since."
        : null;

    /// <summary>Returns when the verdicts of a process were computed, if they are outdated; null if they are not.</summary>
    public static DateTimeOffset? OutdatedSince(ReadModelSource source, DateTimeOffset? evaluatedAt, DateTimeOffset now) =>
        source.Kind == ReadModelSourceKind.Process && evaluatedAt is { } time && now - time > LongestSinceEvaluation ? time : null;

    /// <summary>The obstacle to a comparison, in a few words; null if there is none.</summary>
    public static string? Obstacle(ExperimentStatus status) => status.State switch
    {
        ExperimentState.Inconclusive => "split inconclusive",
        ExperimentState.Warning => "split suspicious",
        ExperimentState.NotTestable => "split not testable",
        _ => status.HasCrossovers ? "crossovers" : null,
    };

    private static string? SplitCaution(ExperimentState state) => state switch
    {
        ExperimentState.Inconclusive => "the split differs from its plan. Lost exposures could explain that, but the comparison may still be biased.",
        ExperimentState.Warning => "the split may differ from its plan. If it does, comparisons are biased.",
        ExperimentState.NotTestable => "the split cannot be tested, so it is not known whether the compared subjects are comparable.",
        _ => null,
    };
}
