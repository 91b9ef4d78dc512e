using System.CommandLine;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary><c>dataplane inspect</c>: what a stream holds.</summary>
internal static class InspectCommand
{
    public static Command Create(ToolConsole console)
    {
        var sources = SourceArguments.Many();
        var json = SourceArguments.Json();
        var command = new Command("inspect", "Show what events hold: experiments, subjects, categories, times, producers, drops, and whether the stream is complete by its accounts.") { sources, json };
        command.Runs(console, async (parsed, cancellationToken) =>
        {
            var faults = new FaultLog();
            var source = new EventSource(console, SourceFiles.Find(parsed.GetRequiredValue(sources)), faults.Add) { Unread = UnreadColumns.OfCounts };
            var summary = new StreamSummary();
            await foreach (var read in source.ReadAsync(cancellationToken))
            {
                summary.Add(read.Envelope);
            }

            var inspection = new Inspection(source, summary, Completeness.Of(summary.Producers), faults);
            if (parsed.GetValue(json))
            {
                await console.WriteJsonAsync(writer => InspectionJson.Write(writer, inspection), cancellationToken);
            }
            else
            {
                InspectionTables.Write(console.Output, inspection);
            }

            faults.WriteWarnings(console);
            return ExitCodes.Success;
        });
        return command;
    }
}
