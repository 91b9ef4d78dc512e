using ExperimentFramework.DataPlane.Science;
using Spectre.Console;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Says for people what was reported.</summary>
internal static class WrittenReportText
{
    public static void Write(IAnsiConsole console, WrittenReport report)
    {
        console.WriteUnwrapped($"{NumberText.Of(report.Experiments.Count, "experiment", "experiments")} from {NumberText.Of(report.Events, "event", "events")} in '{report.Target.Path}'.");
        foreach (var finding in Findings(report))
        {
            console.WriteText(finding, Tables.Bad);
        }
    }

    /// <summary>A sentence for each experiment whose comparisons cannot be trusted.</summary>
    public static List<string> Findings(WrittenReport report) =>
    [
        .. report.Untrustworthy.Select(static status => status.State == ExperimentState.SampleRatioMismatch
            ? $"The split of {status.Name} is broken: its results cannot be trusted."
            : $"Lost exposures explain why the split of {status.Name} differs from its plan: its results cannot be trusted."),
    ];
}
