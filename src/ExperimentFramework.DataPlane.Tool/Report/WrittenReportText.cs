using Spectre.Console;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Says for people what was reported.</summary>
internal static class WrittenReportText
{
    public static void Write(IAnsiConsole console, WrittenReport report)
    {
        console.WriteUnwrapped($"{NumberText.Of(report.Experiments.Count, "experiment", "experiments")} from {NumberText.Of(report.Events, "event", "events")} in '{report.Target.Path}'.");
        foreach (var broken in Broken(report))
        {
            console.WriteText(broken, Tables.Bad);
        }
    }

    /// <summary>A sentence for each experiment whose split is broken.</summary>
    public static List<string> Broken(WrittenReport report) => [.. report.Broken.Select(static experiment => $"The split of {experiment} is broken: its results cannot be trusted.")];
}
