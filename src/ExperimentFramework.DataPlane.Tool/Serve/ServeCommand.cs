using System.CommandLine;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary><c>dataplane serve</c>: the live pages over files.</summary>
internal static class ServeCommand
{
    private static readonly TimeSpan EvaluationInterval = TimeSpan.FromSeconds(1);

    public static Command Create(ToolConsole console)
    {
        var sources = SourceArguments.Many();
        var watch = new Option<bool>("--watch", "-w") { Description = "Go on with lines and files as they are written." };
        var urls = new Option<string[]>("--urls") { Description = "Where to serve, such as http://127.0.0.1:8080; port 0 is any that is free. Can be repeated. Without it port 5080 of this machine, or a free one.", HelpName = "url" };
        var allowRemote = new Option<bool>("--allow-remote") { Description = "Let everybody in who reaches the addresses of --urls. The page asks nobody who they are." };
        var plan = PlanArguments.Many();
        var showSubjects = SubjectArguments.Show();
        var command = new Command("serve", "Serve the live pages of the experiments in these events, until Ctrl+C.") { sources, watch, urls, allowRemote, plan, showSubjects };
        command.Validators.Add(result =>
        {
            if (result.GetValue(allowRemote) && result.GetValue(urls) is not { Length: > 0 })
            {
                result.AddError("--allow-remote is about the addresses of --urls: name one, such as http://0.0.0.0:5080, or leave it out.");
            }
        });
        command.Runs(console, async (parsed, cancellationToken) =>
        {
            var names = parsed.GetRequiredValue(sources);
            var addresses = ListenAddresses.Of([.. (parsed.GetValue(urls) ?? []).SelectMany(static url => url.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))], parsed.GetValue(allowRemote));
            var watches = parsed.GetValue(watch);
            if (watches && names.Contains(SourceFile.StandardInput))
            {
                throw new CommandException("Standard input is read to its end, and cannot be watched. Leave --watch out, or write the events to a file and name that.");
            }

            var found = SourceFiles.Find(names);
            if (watches)
            {
                FollowedSources.Require(found);
            }

            var monitored = new MonitoredSources(console, found, PlanArguments.Read(parsed.GetValue(plan))) { IsFollowed = watches };
            await monitored.ReadAsync(cancellationToken);
            monitored.WriteWarnings();
            monitored.WarnOfUnusedPlans();

            DateTimeOffset? readAt = watches ? null : console.Time.GetUtcNow();
            var model = new SourceReadModel(monitored.Stream.Monitor, () => SourceText.Of(names, found, readAt, monitored.Unreadable, monitored.Outages.All), parsed.GetValue(showSubjects), console.Time);
            await using var server = await ExperimentServer.StartAsync(addresses, model, console, cancellationToken);
            console.Output.WriteUnwrapped($"Experiments: {string.Join(' ', server.Urls)}");
            console.Output.WriteUnwrapped($"{NumberText.Of(monitored.Stream.Events, "event was", "events were")} read{(watches ? ", and what is written is followed" : "")}. Ctrl+C ends it.");
            if (watches)
            {
                var followed = FollowedSources.Of(console, (names, found), monitored.Seen, monitored.Ends, (monitored.Warn, monitored.Outages), cancellationToken);
                await FollowAsync(console, followed, monitored.Stream, cancellationToken);
            }

            await Task.Delay(Timeout.InfiniteTimeSpan, console.Time, cancellationToken);
            return ExitCodes.Success;
        });
        return command;
    }

    private static async Task FollowAsync(ToolConsole console, FollowedSources followed, StreamMonitor stream, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reading = ReadAsync(followed, stream, ending.Token);
        var advancing = AdvanceAsync(console, stream, ending.Token);
        var first = await Task.WhenAny(reading, advancing);
        await ending.CancelAsync();
        await Task.WhenAll(reading, advancing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await first;
    }

    private static async Task ReadAsync(FollowedSources followed, StreamMonitor stream, CancellationToken cancellationToken)
    {
        await foreach (var envelope in followed.ReadAsync(cancellationToken))
        {
            stream.Observe(envelope);
        }
    }

    /// <summary>Time passes for the experiments also while nothing arrives: windows close, and minutes end.</summary>
    private static async Task AdvanceAsync(ToolConsole console, StreamMonitor stream, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(EvaluationInterval, console.Time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            stream.Advance();
        }
    }
}
