using Spectre.Console;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Says for people what was reported.</summary>
internal static class WrittenReportText
{
    public static void Write(IAnsiConsole console, WrittenReport report)
    {
        console.WriteUnwrapped($"{NumberText.Of(report.Experiments.Count, "experiment", "experiments")} from {NumberText.Of(report.Events, "event", "events")} in '{report.Target.Path}'.");
        foreach (var broken in report.Broken)
        {
            console.WriteText($"The split of {broken} is broken: its results cannot be trusted.", Tables.Bad);
        }
    }
}
