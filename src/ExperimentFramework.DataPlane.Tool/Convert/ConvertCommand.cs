using System.CommandLine;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary><c>dataplane convert</c>: between JSON lines and Parquet, many files into few.</summary>
internal static class ConvertCommand
{
    public static Command Create(ToolConsole console)
    {
        var sources = SourceArguments.Many();
        var output = new Option<string>("--output", "-o")
        {
            Description = "What to write: a file that ends in .jsonl, .jsonl.gz or .jsonl.zst, or a folder for Parquet. It must not exist yet.",
            Required = true,
            HelpName = "target",
        };
        var partitioned = new Option<bool>("--partitioned") { Description = "Write Parquet into folders by experiment and day." };
        var keepDuplicates = new Option<bool>("--keep-duplicates") { Description = "Keep events that were delivered more than once. Otherwise the first of each id is written." };
        var json = SourceArguments.Json();
        var command = new Command("convert", "Convert events between JSON lines and Parquet, and merge files. Ids and all fields are kept.") { sources, output, partitioned, keepDuplicates, json };
        command.Runs(console, async (parsed, cancellationToken) =>
        {
            var target = ConversionTarget.Of(parsed.GetRequiredValue(output), parsed.GetValue(partitioned));
            var faults = new FaultLog();
            var source = new EventSource(console, SourceFiles.Find(parsed.GetRequiredValue(sources)), faults.Add);
            var events = new ConvertedEvents(source, parsed.GetValue(keepDuplicates));
            var written = await target.WriteAsync(events.ReadAsync(cancellationToken), console.Time, cancellationToken);
            if (parsed.GetValue(json))
            {
                await console.WriteJsonAsync(
                    writer =>
                    {
                        writer.WriteString("target", target.Path);
                        writer.WriteNumber("events", written);
                        writer.WriteNumber("duplicatesLeftOut", events.LeftOut);
                        writer.WriteNumber("unreadable", faults.Count);
                    },
                    cancellationToken);
            }
            else
            {
                console.Output.WriteUnwrapped($"{NumberText.Of(written, "event", "events")} in '{target.Path}'{(events.LeftOut > 0 ? $", {NumberText.Of(events.LeftOut, "duplicate", "duplicates")} left out" : "")}.");
            }

            faults.WriteWarnings(console);
            return faults.Count > 0 ? ExitCodes.Error : ExitCodes.Success;
        });
        return command;
    }
}
