using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>What anyone who reads results of an experiment has to know first.</summary>
internal static class Cautions
{
    /// <summary>A monitor of a process evaluates each second. If it has not done so for this time, its verdicts are old.</summary>
    private static readonly TimeSpan LongestSinceEvaluation = TimeSpan.FromSeconds(10);

    /// <summary>The warnings, the gravest first.</summary>
    public static IEnumerable<WarningPart> Of(ExperimentDetail detail)
    {
        var status = detail.Status;
        if (Failure(detail) is { } failure)
        {
            yield return new WarningPart("Incomplete:", failure);
        }

        if (status.State == ExperimentState.SampleRatioMismatch)
        {
            yield return new WarningPart(
                "Untrustworthy:", "the split is broken, so every comparison of variants is biased. Means and comparisons are left out until the cause is fixed and the experiment is reset.");
        }
        else if (SplitCaution(status.State) is { } caution)
        {
            yield return new WarningPart("Caution:", caution);
        }

        if (status.HasCrossovers)
        {
            yield return new WarningPart("Caution:", "more subjects than expected changed variants without an explanation, so what they show is of both variants.");
        }
    }

    /// <summary>Says that the monitor does not do its work, as the end of a sentence; null if it does. It does not change from second to second, because it is read aloud when it does.</summary>
    public static string? Failure(ExperimentDetail detail) =>
        detail.HasFailed ? "monitoring of this experiment failed, so its counts and verdicts are incomplete. The log of the application has the reason."
        : OldSince(detail.Source, detail.EvaluatedAt, detail.Time) is { } time ? $"the verdicts are as of {TableText.Time(time)}: the monitor has not evaluated the experiment since."
        : null;

    /// <summary>When the verdicts of a process were computed, if that is too long ago; null if it is not.</summary>
    public static DateTimeOffset? OldSince(ReadModelSource source, DateTimeOffset? evaluatedAt, DateTimeOffset now) =>
        source.Kind == ReadModelSourceKind.Process && evaluatedAt is { } time && now - time > LongestSinceEvaluation ? time : null;

    /// <summary>What is in the way of a comparison, in a word or two; null if nothing is.</summary>
    public static string? InShort(ExperimentStatus status) => status.State switch
    {
        ExperimentState.Inconclusive => "split inconclusive",
        ExperimentState.Warning => "split suspicious",
        ExperimentState.NotTestable => "split not testable",
        _ => status.HasCrossovers ? "crossovers" : null,
    };

    private static string? SplitCaution(ExperimentState state) => state switch
    {
        ExperimentState.Inconclusive => "the split differs from its plan. Lost exposures could explain that, but an explanation does not remove the bias of the subjects that are compared.",
        ExperimentState.Warning => "the split may differ from its plan. If it does, comparisons are biased.",
        ExperimentState.NotTestable => "the split cannot be tested, so nothing says that the subjects that are compared are comparable.",
        _ => null,
    };
}
