namespace ExperimentFramework.DataPlane.Science;

/// <summary>Reads the status of an experiment from its state.</summary>
internal static class StatusReader
{
    public static ExperimentStatus Read(MonitoredExperiment experiment, ExperimentSignals signals)
    {
        var run = experiment.CurrentRun;
        var summary = run is null ? null : RunSummary.Of(experiment, run, run.Counts);
        var tallies = experiment.Tallies;
        return new ExperimentStatus
        {
            Name = experiment.Name,
            State = signals.State,
            NotTestableReason = signals.NotTestableReason,
            LogPValue = signals.LogPValue,
            Run = run?.Number ?? 0,
            PseudonymKeyId = run?.KeyId,
            Variants = [.. experiment.Variants.Select((key, index) =>
            {
                var counted = summary?.Variants.FirstOrDefault(variant => variant.Index == index);
                return new VariantStatus(
                    key, counted?.Subjects ?? 0, counted?.Expected ?? 0, tallies.ByVariant[index], tallies.Fallbacks[index], experiment.Lost.ByVariant.Span[index]);
            })],
            Subjects = run?.Counts.Total() ?? 0,
            SubjectsHeld = run?.Subjects.Count ?? 0,
            CountedShare = Math.Pow(2, -(run?.Subjects.Halvings ?? 0)),
            Crossovers = run?.Subjects.Crossovers ?? 0,
            ExplainedMoves = run?.Subjects.ExplainedMoves ?? 0,
            HasCrossovers = signals.HasCrossovers,
            Exposures = tallies.Exposures,
            Repeats = tallies.Repeats,
            Excluded = new Dictionary<string, long>(tallies.Excluded),
            SelectionReasons = new Dictionary<string, long>(tallies.Reasons),
            UndeclaredVersions = [.. experiment.Undeclared.All.Keys],
            ReadOuts = ReadOutReader.Read(experiment, signals.State != ExperimentState.SampleRatioMismatch, evenIfUntrustworthy: false),
            LastExposure = tallies.Exposures == 0 ? null : tallies.LastExposure,
        };
    }
}
