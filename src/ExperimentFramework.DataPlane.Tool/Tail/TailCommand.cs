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
        var lines = new Option<int>("--lines", "-n") { Description = "How many of the latest events are shown, from 0 to 1,000,000.", DefaultValueFactory = static _ => DefaultLines };
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
        var command = new Command("tail", "Show the latest events, and follow those that arrive.") { sources, where, lines, follow, showSubjects, json };
        command.Runs(console, async (parsed, cancellationToken) =>
        {
            EventFilter[] filters = [.. (parsed.GetValue(where) ?? []).Select(static text => EventFilter.Parse(text)!)];
            var showsSubjects = parsed.GetValue(showSubjects);
            using var lineWriter = new JsonLines(console, showsSubjects);
            Action<DataPlaneEnvelope> write = parsed.GetValue(json) ? lineWriter.Write : new EventWriter(console, showsSubjects).Write;
            var tail = new EventTail(envelope => Array.TrueForAll(filters, filter => filter.Holds(envelope)), parsed.GetValue(lines), write);
            var names = parsed.GetRequiredValue(sources);
            var found = SourceFiles.Find(names);
            if (parsed.GetValue(follow))
            {
                await FollowAsync(console, names, found, tail, cancellationToken);
                return ExitCodes.Success;
            }

            var faults = new FaultLog();
            await tail.WriteLastAsync(new EventSource(console, found, faults.Add).ReadAsync(cancellationToken));
            faults.WriteWarnings(console);
            return ExitCodes.Success;
        });
        return command;
    }

    private static async Task FollowAsync(ToolConsole console, string[] names, IReadOnlyList<SourceFile> found, EventTail tail, CancellationToken cancellationToken)
    {
        FollowedSources.Require(found);
        if (found.Any(static source => source.IsStandardInput))
        {
            if (found.Count > 1)
            {
                throw new CommandException("With --follow standard input must be the only source, because it ends, and others do not. Run the command twice.");
            }

            // It has no last events before it ends, so all are shown as they arrive.
            await tail.WriteAllAsync(new EventSource(console, found, Warn) { IsFollowed = true }.ReadAsync(cancellationToken).Select(static read => read.Envelope));
            return;
        }

        var seen = new SeenEvents();
        var source = new EventSource(console, found, Warn) { IsFollowed = true };
        await tail.WriteLastAsync(source.ReadAsync(cancellationToken).Select(read =>
        {
            seen.Add(read.Envelope);
            return read;
        }));
        await tail.WriteAllAsync(FollowedSources.Of(console, (names, found), seen, source.Ends, (Warn, new Outages()), cancellationToken).ReadAsync(cancellationToken));

        void Warn(SourceFault fault) => console.WriteWarning(fault.Message);
    }
}
