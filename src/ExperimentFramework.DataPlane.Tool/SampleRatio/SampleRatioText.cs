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

    public static string InWords(ExperimentState state) => state switch
    {
        ExperimentState.Healthy => "as planned, as far as chance allows",
        ExperimentState.Warning => "suspicious",
        ExperimentState.Inconclusive => "off, but lost events could explain it",
        _ => "broken: its results cannot be trusted",
    };
}
