using System.CommandLine;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>The commands that make a report again, and say its numbers, as a shell takes them.</summary>
internal static class ReportCommands
{
    private const int NamedExperiments = 20;

    /// <summary>Lists the commands.</summary>
    /// <param name="report">The command that makes the report.</param>
    /// <param name="sources">The sources.</param>
    /// <param name="experiments">The experiments in the report that have metrics, and the file of the plan for those with one on the command line.</param>
    public static IReadOnlyList<string> Of(ParseResult report, IReadOnlyList<string> sources, IReadOnlyList<(string Experiment, string? Plan)> experiments)
    {
        List<string> commands = [Line([.. report.Tokens.Select(static token => token.Value), .. Replacing(report)]), Line(["inspect", .. sources]), Line(["srm", .. sources])];
        commands.AddRange(experiments.Take(NamedExperiments).Select(experiment =>
            Line(["readout", .. sources, "--experiment", experiment.Experiment, .. experiment.Plan is { } plan ? new[] { "--plan", plan } : []])));
        if (experiments.Count > NamedExperiments)
        {
            commands.Add($"# ... and the same for {NumberText.Of(experiments.Count - NamedExperiments)} more experiments");
        }

        return commands;
    }

    /// <summary>The file that the command would write is there once it has been written.</summary>
    private static string[] Replacing(ParseResult report) =>
        report.GetValue<bool>("--overwrite") || report.GetValue<string>("--output") == ReportTarget.StandardOutput ? [] : ["--overwrite"];

    private static string Line(IReadOnlyList<string> arguments) => "dataplane " + string.Join(' ', arguments.Select(ShellText.Quote));
}
