using System.CommandLine;

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
            var experiments = new HashSet<string>(StringComparer.Ordinal);
            foreach (var token in result.Tokens)
            {
                if (!DeclaredWeights.TryParse(token.Value, out var declared, out var problem))
                {
                    result.AddError(problem!);
                }
                else if (!experiments.Add(declared!.Experiment))
                {
                    result.AddError($"--weights has the weights of '{declared.Experiment}' twice: leave one of them out.");
                }
            }
        });
        var segments = new Option<string[]>("--segment") { Description = "An exposure attribute whose values are segments, known before the assignment, such as country. Can be repeated.", HelpName = "attribute" };
        var experiment = new Option<string?>("--experiment", "-e") { Description = "Only this experiment." };
        var command = new Command("srm", "Test whether subjects were split as planned. Exit code 1 if a split is broken.") { sources, weights, segments, experiment, json };
        command.Runs(console, async (parsed, cancellationToken) =>
        {
            var attributes = parsed.GetValue(segments) ?? [];
            var only = parsed.GetValue(experiment);
            var source = new EventsByTime(console, SourceFiles.Find(parsed.GetRequiredValue(sources)))
            {
                Unread = attributes.Length == 0 ? UnreadColumns.OfSampleRatio : UnreadColumns.OfSegmentedSampleRatio,
            };
            var ratios = await source.ReadAsync(
                events => MonitoredRatios.ReadAsync(events, Parse(parsed.GetValue(weights) ?? []), attributes, only, console.Time), cancellationToken);
            var monitor = ratios.Monitor;
            var reports = SampleRatioReader.Read(monitor);
            if (only is not null && reports.Count == 0)
            {
                source.Faults.WriteWarnings(console);
                throw MonitorBounds.NotFound(only);
            }

            if (parsed.GetValue(json))
            {
                await console.WriteJsonAsync(writer => SampleRatioJson.Write(writer, reports, monitor), cancellationToken);
            }
            else
            {
                SampleRatioTables.Write(console.Output, reports);
            }

            source.Faults.WriteWarnings(console);
            ratios.Time.WriteWarning(console);
            MonitorBounds.WriteWarnings(console, monitor);
            foreach (var unused in ratios.Declarations.Unused)
            {
                console.WriteWarning($"--weights names the experiment '{unused}', which has no exposures with a version of the weights.");
            }

            return reports.Any(static report => report.IsBroken) ? ExitCodes.Finding : ExitCodes.Success;
        });
        return command;
    }

    private static IEnumerable<DeclaredWeights> Parse(IEnumerable<string> texts) =>
        texts.Select(static text => DeclaredWeights.TryParse(text, out var weights, out _) ? weights! : throw new InvalidOperationException("Weights were not validated."));
}
