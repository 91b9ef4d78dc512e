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
            var source = new EventsByTime(console, SourceFiles.Find(parsed.GetRequiredValue(sources))) { Unread = UnreadColumns.OfCounts };
            var summary = await source.ReadAsync(SummarizeAsync, cancellationToken);
            var inspection = new Inspection(source.Formats, summary, Completeness.Of(summary.Producers), source.Faults);
            if (parsed.GetValue(json))
            {
                await console.WriteJsonAsync(writer => InspectionJson.Write(writer, inspection), cancellationToken);
            }
            else
            {
                InspectionTables.Write(console.Output, inspection);
            }

            source.Faults.WriteWarnings(console);
            return ExitCodes.Success;
        });
        return command;
    }

    private static async Task<StreamSummary> SummarizeAsync(IAsyncEnumerable<SourceEvent> events)
    {
        var summary = new StreamSummary();
        await foreach (var read in events)
        {
            summary.Add(read.Envelope);
        }

        return summary;
    }
}
