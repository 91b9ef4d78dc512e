namespace ExperimentFramework.DataPlane.Science;

/// <summary>Reads out the metrics of an experiment.</summary>
internal static class ReadOutReader
{
    /// <summary>Takes a look at the metrics whose values have changed, which may lower their p-values.</summary>
    public static void Look(MonitoredExperiment experiment)
    {
        // Iterate by index, so that nothing is allocated if nothing has changed.
        for (var index = 0; index < experiment.OpenRuns.Count; index++)
        {
            var run = experiment.OpenRuns[index];
            foreach (var metric in run.Outcomes.Windows.Metrics)
            {
                Look(experiment, run, metric);
            }

            for (var metric = 0; metric < run.Outcomes.Calls.Metrics.Count; metric++)
            {
                Look(experiment, run, run.Outcomes.Calls.Metrics[metric]);
            }
        }
    }

    /// <summary>Reads out all metrics of the current run.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="doubt">Why comparisons cannot be trusted, as sentences; null if they can.</param>
    /// <param name="evenIfUntrustworthy">Whether comparisons are requested even if they cannot be trusted.</param>
    public static IReadOnlyList<MetricReadOut> Read(MonitoredExperiment experiment, string? doubt, bool evenIfUntrustworthy)
    {
        if (experiment.CurrentRun is not { } run)
        {
            return [];
        }

        var reader = new MetricReader(experiment, run, doubt, evenIfUntrustworthy);
        var windows = run.Outcomes.Windows;
        var calls = run.Outcomes.Calls;
        var waiting = calls.Metrics.Count == 0 ? 0 : calls.Waiting;
        List<MetricReadOut> readOuts = [];
        for (var index = 0; index < windows.Metrics.Length; index++)
        {
            readOuts.Add(reader.Read(windows.Metrics[index], windows.OpenOf(index), windows.Halvings, 0));
        }

        readOuts.AddRange(calls.Metrics.Select(metric => reader.Read(metric, waiting, calls.Halvings, calls.HasOutcomes ? calls.Missing : 0)));
        return [.. readOuts.OrderByDescending(static readOut => readOut.IsPrimary).ThenByDescending(static readOut => readOut.IsPlanned)];
    }

    private static void Look(MonitoredExperiment experiment, MonitorRun run, CollectedMetric metric)
    {
        // Without declared weights there is nothing to compare, and the planned sample for which intervals are tuned is not known.
        if (!metric.HasNewValues || !run.HasWeights)
        {
            return;
        }

        var comparisons = new RunComparisons(experiment, run);
        if (comparisons.Control < 0)
        {
            return;
        }

        metric.HasNewValues = false;
        metric.TuningSubjects = comparisons.TuningSubjectsOf(metric);
        metric.TuningAlpha = metric.TuningAlpha > 0 ? metric.TuningAlpha : comparisons.Alpha;
        for (var variant = 0; variant < experiment.Variants.Count; variant++)
        {
            if (variant != comparisons.Control)
            {
                var comparison = comparisons.Compare(metric, comparisons.StrataOf(metric.Sums, variant));
                metric.Look(variant, new StrongestLook(comparison.LogPValue, comparison.IsHigher));
            }
        }
    }
}
