using System.CommandLine;
using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary><c>dataplane readout</c>: the metrics of an experiment by variant.</summary>
internal static class ReadOutCommand
{
    public static Command Create(ToolConsole console)
    {
        var sources = SourceArguments.Many();
        var experiment = new Option<string>("--experiment", "-e") { Description = "The experiment.", Required = true };
        var plan = new Option<string?>("--plan") { Description = "The plan: a JSON file with its settings. Without it, the plan that the events publish; without that, the outcomes of calls.", HelpName = "file" };
        var segments = new Option<string[]>("--segment") { Description = "An exposure attribute whose values are segments, known before the assignment, such as country. Can be repeated.", HelpName = "attribute" };
        var evenIfBroken = new Option<bool>("--even-if-broken") { Description = "Show comparisons although they cannot be trusted: the split is broken, or lost exposures explain an alarming deviation. They are biased, unless exposures were lost at random." };
        var json = SourceArguments.Json();
        var command = new Command("readout", "Compare the metrics of an experiment's variants. Exit code 1 if comparisons cannot be trusted, because the split is broken or because lost exposures explain an alarming deviation.") { sources, experiment, plan, segments, evenIfBroken, json };
        command.Runs(console, async (parsed, cancellationToken) =>
        {
            var name = parsed.GetRequiredValue(experiment);
            var given = parsed.GetValue(plan) is { } path ? PlanFile.Read(path) : null;
            if (given is not null && given.ExperimentName != name)
            {
                throw new CommandException($"The plan is that of '{given.ExperimentName}', not of '{name}'.");
            }

            var monitored = new MonitoredSources(console, SourceFiles.Find(parsed.GetRequiredValue(sources)), given is null ? [] : [given], parsed.GetValue(segments)) { Experiment = name };
            await monitored.ReadAsync(cancellationToken);
            var monitor = monitored.Stream.Monitor;
            if (SampleRatioReader.Read(monitor) is not [var split, ..])
            {
                throw monitored.NotFound(name);
            }

            var readOuts = monitor.Read(name, watched => ReadOutReader.Read(watched.Experiment, watched.Signals.Doubt, parsed.GetValue(evenIfBroken))) ?? [];
            if (parsed.GetValue(json))
            {
                await console.WriteJsonAsync(writer => ReadOutJson.Write(writer, split, readOuts, monitor), cancellationToken);
            }
            else
            {
                ReadOutTables.Write(console.Output, split, readOuts);
            }

            monitored.WriteWarnings();
            return split.Status.Doubt is not null ? ExitCodes.Finding : ExitCodes.Success;
        });
        return command;
    }
}
