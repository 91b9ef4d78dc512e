namespace ExperimentFramework.DataPlane.Tool;

/// <summary>How many new subjects an experiment has had a day.</summary>
internal static class Traffic
{
    /// <summary>Reads events.</summary>
    /// <returns>The different subjects divided by the days from the first to the last exposure.</returns>
    /// <exception cref="CommandException">The events cannot be read, or are too few to say.</exception>
    public static async Task<double> SubjectsADayAsync(ToolConsole console, IReadOnlyList<string> sources, string experiment, CancellationToken cancellationToken)
    {
        var faults = new FaultLog();
        var summary = new StreamSummary();
        await foreach (var read in new EventSource(console, SourceFiles.Find(sources), faults.Add).ReadAsync(cancellationToken))
        {
            summary.Add(read.Envelope);
        }

        faults.WriteWarnings(console);
        var found = summary.Experiments.FirstOrDefault(summary => summary.Name == experiment)
            ?? throw new CommandException($"There is no experiment '{experiment}' in these events: dataplane inspect lists those there are.");
        return found.ExposureTimes is { First: { } first, Last: { } last } && last > first
            ? found.Subjects / (last - first).TotalDays
            : throw new CommandException($"The exposures of '{experiment}' are too few to say how many subjects a day has.");
    }
}
