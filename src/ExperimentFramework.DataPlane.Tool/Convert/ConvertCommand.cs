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
        var command = new Command("convert", "Convert events between JSON lines and Parquet, and merge files. Ids and fields are kept; Parquet has no place for fields that this version does not know.") { sources, output, partitioned, keepDuplicates, json };
        command.Runs(console, async (parsed, cancellationToken) =>
        {
            var target = ConversionTarget.Of(parsed.GetRequiredValue(output), parsed.GetValue(partitioned));
            var source = new EventsByTime(console, SourceFiles.Find(parsed.GetRequiredValue(sources)));
            var (written, events) = await WriteAsync(console, source, target, parsed.GetValue(keepDuplicates), cancellationToken);
            if (parsed.GetValue(json))
            {
                await console.WriteJsonAsync(
                    writer =>
                    {
                        writer.WriteString("target", target.Path);
                        writer.WriteNumber("events", written);
                        writer.WriteNumber("duplicatesLeftOut", events.LeftOut);
                        writer.WriteNumber("unreadable", source.Faults.Count);
                        writer.WriteBoolean("mayHaveDuplicates", events.MayHaveDuplicates);
                        writer.WriteObjects("fieldsLeftOut", target.LeftOut.All, field =>
                        {
                            writer.WriteString("eventType", field.Category);
                            writer.WriteString("field", field.Path);
                            writer.WriteNumber("events", field.Count);
                        });
                    },
                    cancellationToken);
            }
            else
            {
                console.Output.WriteUnwrapped($"{NumberText.Of(written, "event", "events")} in '{target.Path}'{(events.LeftOut > 0 ? $", {NumberText.Of(events.LeftOut, "duplicate", "duplicates")} left out" : "")}.");
            }

            source.Faults.WriteWarnings(console);
            WriteWarnings(console, target, events);
            return source.Faults.Count > 0 ? ExitCodes.Error : ExitCodes.Success;
        });
        return command;
    }

    private static async Task<(long Written, ConvertedEvents Events)> WriteAsync(
        ToolConsole console, EventsByTime source, ConversionTarget target, bool keepsDuplicates, CancellationToken cancellationToken)
    {
        return await source.ReadAsync(
            async read =>
            {
                var events = new ConvertedEvents(read, keepsDuplicates);
                return (await target.WriteAsync(events.ReadAsync(cancellationToken), console.Time, cancellationToken), events);
            },
            cancellationToken);
    }

    private static void WriteWarnings(ToolConsole console, ConversionTarget target, ConvertedEvents events)
    {
        foreach (var field in target.LeftOut.All)
        {
            console.WriteWarning(
                $"{NumberText.Of(field.Count, "event", "events")} of {field.Category} had the field {field.Path}, which this version does not know and Parquet has no place for. It was left out; JSON lines keep it.");
        }

        if (events.MayHaveDuplicates)
        {
            console.WriteWarning("There are more than 25 million events, too many to keep the id of each: some that were delivered more than once may have been written more than once.");
        }
    }
}
