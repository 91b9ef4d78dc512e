using System.CommandLine;
using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary><c>dataplane srm</c>: does the observed split agree with the planned one?</summary>
internal static class SampleRatioCommand
{
    public static Command Create(ToolConsole console)
    {
        var sources = SourceArguments.Many();
        var json = SourceArguments.Json();
        var weights = new Option<string[]>("--weights")
        {
            Description = "The planned weights of an experiment, in the place of those that the events declare: EXPERIMENT:VARIANT=WEIGHT,… Can be repeated.",
            HelpName = "weights",
        };
        weights.Validators.Add(result =>
        {
            foreach (var token in result.Tokens)
            {
                if (!DeclaredWeights.TryParse(token.Value, out _, out var problem))
                {
                    result.AddError(problem!);
                }
            }
        });
        var segments = new Option<string[]>("--segment") { Description = "An exposure attribute whose values are segments, known before the assignment, such as country. Can be repeated.", HelpName = "attribute" };
        var experiment = new Option<string?>("--experiment", "-e") { Description = "Only this experiment." };
        var command = new Command("srm", "Test whether subjects were split as planned. Exit code 1 if a split is broken.") { sources, weights, segments, experiment, json };
        command.Runs(console, async (parsed, cancellationToken) =>
        {
            var faults = new FaultLog();
            var attributes = parsed.GetValue(segments) ?? [];
            var source = new EventSource(console, SourceFiles.Find(parsed.GetRequiredValue(sources)), faults.Add)
            {
                Unread = attributes.Length == 0 ? UnreadColumns.OfSampleRatio : UnreadColumns.OfSegmentedSampleRatio,
            };
            var declarations = new WeightDeclarations(Parse(parsed.GetValue(weights) ?? []));
            var only = parsed.GetValue(experiment);
            var time = new BelievedTime(console.Time);
            var monitor = await ReadAsync(source, declarations, attributes, only, time, cancellationToken);
            var reports = SampleRatioReader.Read(monitor);
            if (only is not null && reports.Count == 0)
            {
                throw new CommandException($"There is no experiment '{only}' in these events: dataplane inspect lists those there are.");
            }

            if (parsed.GetValue(json))
            {
                await console.WriteJsonAsync(writer => SampleRatioJson.Write(writer, reports, monitor), cancellationToken);
            }
            else
            {
                SampleRatioTables.Write(console.Output, reports);
            }

            faults.WriteWarnings(console);
            time.WriteWarning(console);
            MonitorBounds.WriteWarnings(console, monitor);
            foreach (var unused in declarations.Unused)
            {
                console.WriteWarning($"--weights names the experiment '{unused}', which has no exposures with a version of the weights.");
            }

            return reports.Any(static report => report.IsBroken) ? ExitCodes.Finding : ExitCodes.Success;
        });
        return command;
    }

    private static async Task<ExperimentMonitor> ReadAsync(
        EventSource source, WeightDeclarations declarations, IEnumerable<string> segments, string? only, BelievedTime time, CancellationToken cancellationToken)
    {
        var options = new ExperimentMonitorOptions();
        foreach (var segment in segments)
        {
            options.SegmentAttributes.Add(segment);
        }

        var monitor = new ExperimentMonitor(options);
        await foreach (var read in source.ReadAsync(cancellationToken))
        {
            var envelope = read.Envelope;
            if (declarations.Replaces(envelope.Payload) || (only is not null && MonitorBounds.IsOfAnother(envelope.Payload, only)))
            {
                continue;
            }

            var now = time.Follow(envelope.Timestamp);
            if (declarations.Before(envelope) is { } declaration)
            {
                monitor.Observe(declaration, now);
            }

            monitor.Observe(envelope, now);
        }

        monitor.Evaluate(time.Latest);
        return monitor;
    }

    private static IEnumerable<DeclaredWeights> Parse(IEnumerable<string> texts) =>
        texts.Select(static text => DeclaredWeights.TryParse(text, out var weights, out _) ? weights! : throw new InvalidOperationException("Weights were not validated."))
            .GroupBy(static weights => weights.Experiment, StringComparer.Ordinal)
            .Select(static group => group.Last());
}
