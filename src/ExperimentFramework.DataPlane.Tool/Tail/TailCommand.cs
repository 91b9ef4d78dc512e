using System.CommandLine;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary><c>dataplane tail</c>: shows events as they are, or as they arrive.</summary>
internal static class TailCommand
{
    private const int DefaultLines = 20;
    private const int MaxLines = 1_000_000;

    public static Command Create(ToolConsole console)
    {
        var sources = SourceArguments.Many();
        var where = new Option<string[]>("--where")
        {
            Description = $"Only events of which this holds: FIELD=VALUE or FIELD!=VALUE, where FIELD is {string.Join(", ", EventFilter.Fields)}. Can be repeated; all must hold.",
            HelpName = "condition",
        };
        where.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(static token => EventFilter.Parse(token.Value) is null))
            {
                result.AddError($"--where must be FIELD=VALUE or FIELD!=VALUE; '{token.Value}' is not. FIELD is one of {string.Join(", ", EventFilter.Fields)}.");
            }
        });
        var lines = new Option<int>("--lines", "-n") { Description = "How many of the last events are shown, from 0 to 1,000,000.", DefaultValueFactory = static _ => DefaultLines };
        lines.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 0 or > MaxLines)
            {
                result.AddError("--lines must be from 0 to 1000000.");
            }
        });
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on with events as they arrive, until Ctrl+C." };
        var showSubjects = SubjectArguments.Show();
        var json = new Option<bool>("--json") { Description = "Write the events as JSON lines." };
        var command = new Command("tail", "Show the last events, and follow those that arrive.") { sources, where, lines, follow, showSubjects, json };
        command.Runs(console, async (parsed, cancellationToken) =>
        {
            EventFilter[] filters = [.. (parsed.GetValue(where) ?? []).Select(static text => EventFilter.Parse(text)!)];
            var showsSubjects = parsed.GetValue(showSubjects);
            using var lineWriter = new JsonLines(console, showsSubjects);
            Action<DataPlaneEnvelope> write = parsed.GetValue(json) ? lineWriter.Write : new EventWriter(console, showsSubjects).Write;
            var faults = new FaultLog();
            var names = parsed.GetRequiredValue(sources);
            var found = SourceFiles.Find(names);
            var seen = parsed.GetValue(follow) ? new SeenEvents() : null;
            if (seen is not null)
            {
                FollowedSources.Require(found);
            }

            await WriteLastAsync(new EventSource(console, found, faults.Add) { IsFollowed = seen is not null }, seen, filters, parsed.GetValue(lines), write, cancellationToken);
            faults.WriteWarnings(console);
            if (seen is not null)
            {
                await FollowAsync(FollowedSources.Of(console, names, found, seen, fault => console.WriteWarning(fault.Message), cancellationToken), filters, write, cancellationToken);
            }

            return ExitCodes.Success;
        });
        return command;
    }

    private static async Task WriteLastAsync(EventSource source, SeenEvents? seen, EventFilter[] filters, int lines, Action<DataPlaneEnvelope> write, CancellationToken cancellationToken)
    {
        var last = new Queue<DataPlaneEnvelope>();
        await foreach (var read in source.ReadAsync(cancellationToken))
        {
            seen?.Add(read.Envelope);
            if (Array.TrueForAll(filters, filter => filter.Holds(read.Envelope)))
            {
                last.Enqueue(read.Envelope);
                if (last.Count > lines)
                {
                    last.Dequeue();
                }
            }
        }

        foreach (var envelope in last)
        {
            write(envelope);
        }
    }

    private static async Task FollowAsync(FollowedSources sources, EventFilter[] filters, Action<DataPlaneEnvelope> write, CancellationToken cancellationToken)
    {
        await foreach (var envelope in sources.ReadAsync(cancellationToken))
        {
            if (Array.TrueForAll(filters, filter => filter.Holds(envelope)))
            {
                write(envelope);
            }
        }
    }
}
