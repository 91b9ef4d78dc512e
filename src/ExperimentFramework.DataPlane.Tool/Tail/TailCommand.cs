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
        var showSubjects = new Option<bool>("--show-subjects") { Description = $"Show ids of subjects, which are {EventLine.Redacted} otherwise." };
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
            var isFollowed = parsed.GetValue(follow);
            if (isFollowed)
            {
                RequireFollowable(found);
            }

            await WriteLastAsync(new EventSource(console, found, faults.Add) { IsFollowed = isFollowed }, filters, parsed.GetValue(lines), write, cancellationToken);
            faults.WriteWarnings(console);
            if (isFollowed)
            {
                await FollowAsync(FollowedSources(console, names, found, cancellationToken), filters, write, cancellationToken);
            }

            return ExitCodes.Success;
        });
        return command;
    }

    private static async Task WriteLastAsync(EventSource source, EventFilter[] filters, int lines, Action<DataPlaneEnvelope> write, CancellationToken cancellationToken)
    {
        var last = new Queue<DataPlaneEnvelope>();
        await foreach (var read in source.ReadAsync(cancellationToken))
        {
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

    private static void RequireFollowable(IReadOnlyList<SourceFile> found)
    {
        if (found.FirstOrDefault(static source => source.Remote is { CanFollow: false }) is { } source)
        {
            throw new CommandException($"'{source.Path}' cannot be followed: rows have no order of arrival. Follow the topic or the files that the same events are written to.");
        }
    }

    private static FollowedSources FollowedSources(ToolConsole console, string[] names, IReadOnlyList<SourceFile> found, CancellationToken cancellationToken)
    {
        string[] local = [.. names.Where(static name => SourceFiles.RemoteOf(name) is null)];
        var topics = found.Where(static source => source.Remote is not null).Select(source => source.Remote!.FollowAsync(console, Warn, cancellationToken));
        return new FollowedSources([.. local.Length == 0 ? [] : new[] { new FollowedFiles(console, local, Warn).ReadAsync(skipsExisting: true, cancellationToken).Select(static read => read.Envelope) }, .. topics]);

        void Warn(SourceFault fault) => console.WriteWarning(fault.Message);
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
