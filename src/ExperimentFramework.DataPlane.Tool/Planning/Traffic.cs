namespace ExperimentFramework.DataPlane.Tool;

/// <summary>How many new subjects an experiment has had a day.</summary>
internal static class Traffic
{
    /// <summary>Reads events.</summary>
    /// <returns>The different subjects divided by the days from the first to the last exposure.</returns>
    /// <exception cref="CommandException">The events cannot be read, or are too few to say.</exception>
    public static async Task<double> SubjectsADayAsync(ToolConsole console, IReadOnlyList<string> sources, string experiment, CancellationToken cancellationToken)
    {
        var source = new EventsByTime(console, SourceFiles.Find(sources)) { Unread = UnreadColumns.OfCounts };
        var (found, leftOut) = await source.ReadAsync(events => CountAsync(events, experiment, console.Time), cancellationToken);
        source.Faults.WriteWarnings(console);
        if (leftOut > 0)
        {
            console.WriteWarning($"{NumberText.Of(leftOut, "exposure is", "exposures are")} so far in the future that a clock must be wrong. {(leftOut == 1 ? "It was" : "They were")} left out.");
        }

        return found is null ? throw MonitorBounds.NotFound(experiment)
            : found is { Subjects: > 0, ExposureTimes: { First: { } first, Last: { } last } } && last > first
            ? found.Subjects / (last - first).TotalDays
            : throw new CommandException($"The exposures of '{experiment}' are too few to say how many subjects a day has.");
    }

    private static async Task<(ExperimentSummary? Found, long LeftOut)> CountAsync(IAsyncEnumerable<SourceEvent> events, string experiment, TimeProvider clock)
    {
        var summary = new StreamSummary();
        var time = new BelievedTime(clock);
        var leftOut = 0L;
        await foreach (var read in events)
        {
            if (read.Envelope.Payload is not ExposureEvent exposure || exposure.ExperimentName != experiment)
            {
                continue;
            }

            if (time.Follow(read.Envelope.Timestamp) == read.Envelope.Timestamp)
            {
                summary.Add(read.Envelope);
            }
            else
            {
                leftOut++;
            }
        }

        return (summary.Experiments.SingleOrDefault(), leftOut);
    }
}
