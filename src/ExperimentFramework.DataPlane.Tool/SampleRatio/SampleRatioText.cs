using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>The names of states and verdicts.</summary>
internal static class SampleRatioText
{
    public static string Of(ExperimentState state) => state switch
    {
        ExperimentState.Gathering => "gathering",
        ExperimentState.Healthy => "healthy",
        ExperimentState.Warning => "warning",
        ExperimentState.SampleRatioMismatch => "mismatch",
        ExperimentState.Inconclusive => "inconclusive",
        _ => "notTestable",
    };

    /// <summary>Says what an experiment's split is.</summary>
    public static string Verdict(SampleRatioReport report)
    {
        var status = report.Status;
        return status.NotTestableReason is { } reason ? $"The split cannot be tested: {reason}."
            : report.Pooled is not { } pooled ? "The split cannot be tested: its weights are unknown. Name them with --weights."
            : status.State == ExperimentState.Gathering ? "There are too few subjects to say anything."
            : $"The split is {InWords(status.State)}. p = {NumberText.PValue(status.LogPValue)} however often it is looked at, {NumberText.PValue(pooled.LogPValue)} for this look alone.";
    }

    private static string InWords(ExperimentState state) => state switch
    {
        ExperimentState.Healthy => "as planned, as far as chance allows",
        ExperimentState.Warning => "suspicious",
        ExperimentState.Inconclusive => "off, but lost events could explain it",
        _ => "broken: its results cannot be trusted",
    };
}
