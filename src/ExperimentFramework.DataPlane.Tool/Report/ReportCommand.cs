using System.CommandLine;
using System.Reflection;
using ExperimentFramework.DataPlane.Dashboard;
using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary><c>dataplane report</c>: what the pages show, as one file.</summary>
internal static class ReportCommand
{
    public static Command Create(ToolConsole console)
    {
        var sources = SourceArguments.Many();
        var output = new Option<string>("--output", "-o") { Description = "The file to write: .html is one page that needs nothing else, .md is Markdown. - is standard output.", Required = true, HelpName = "file" };
        var format = new Option<string?>("--format") { Description = "What to write, if the file's name does not say it." };
        format.AcceptOnlyFromAmong(ReportTarget.Formats);
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace the file if it exists, once the new one is whole." };
        var experiment = new Option<string?>("--experiment", "-e") { Description = "Only this experiment." };
        var plan = PlanArguments.Many();
        var showSubjects = SubjectArguments.Show();
        var json = SourceArguments.Json();
        var command = new Command("report", "Write what the live pages show into one file, with charts and the commands that made it. Exit code 1 if comparisons of an experiment cannot be trusted, because its split is broken or because lost exposures explain an alarming deviation.")
        {
            sources, output, format, overwrite, experiment, plan, showSubjects, json,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(output) == ReportTarget.StandardOutput && result.GetValue(json))
            {
                result.AddError("--json describes the file that was written; with --output - the report itself is the output. Leave one of them out.");
            }
        });
        command.Runs(console, async (parsed, cancellationToken) =>
        {
            var target = ReportTarget.Of(parsed.GetRequiredValue(output), parsed.GetValue(format), parsed.GetValue(overwrite)) with { IsPrivate = parsed.GetValue(showSubjects) };
            var names = parsed.GetRequiredValue(sources);
            var planFiles = parsed.GetValue(plan) ?? [];
            var plans = PlanArguments.Read(planFiles);
            var found = SourceFiles.Find(names);
            target.RequireOther(found.Where(static file => file.Remote is null && !file.IsStandardInput).Select(static file => file.Path), "sources");
            target.RequireOther(planFiles, "plans");
            var only = parsed.GetValue(experiment);
            var monitored = new MonitoredSources(console, found, plans) { Experiment = only };
            await monitored.ReadAsync(cancellationToken);

            var readAt = console.Time.GetUtcNow();
            var model = new SourceReadModel(monitored.Stream.Monitor, () => SourceText.Of(names, found, readAt, monitored.Unreadable, []), parsed.GetValue(showSubjects), console.Time);
            ExperimentStatus[] reported = [.. monitored.Stream.Monitor.GetExperiments().Where(status => only is null || status.Name == only)];
            if (only is not null && reported.Length == 0)
            {
                throw monitored.NotFound(only);
            }

            var report = new ExperimentReport(model)
            {
                ExperimentName = only,
                MadeBy = $"dataplane {Version}",
                Commands = ReportCommands.Of(
                    parsed, names, [.. reported.Where(static status => status.ReadOuts.Count > 0).Select(status => (status.Name, plans.Zip(planFiles).FirstOrDefault(given => given.First.ExperimentName == status.Name).Second))]),
            };
            await target.WriteAsync(report, console, cancellationToken);
            var written = new WrittenReport(target, reported, monitored.Stream.Events, monitored.Unreadable);
            if (parsed.GetValue(json))
            {
                await console.WriteJsonAsync(writer => WrittenReportJson.Write(writer, written), cancellationToken);
            }
            else if (!target.IsStandardOutput)
            {
                WrittenReportText.Write(console.Output, written);
            }
            else
            {
                WrittenReportText.Findings(written).ForEach(console.WriteWarning);
            }

            monitored.WriteWarnings();
            monitored.WarnOfUnusedPlans();
            return written.Untrustworthy.Count > 0 ? ExitCodes.Finding : ExitCodes.Success;
        });
        return command;
    }

    /// <summary>The version of the tool, without the commit that it was built from.</summary>
    private static string Version => typeof(ReportCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}
