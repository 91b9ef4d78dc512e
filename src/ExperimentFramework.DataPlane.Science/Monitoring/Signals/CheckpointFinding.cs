using System.Globalization;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>The planned looks of a group sequential plan, each signaled once in a run, for each variant that is compared with control.</summary>
internal sealed class CheckpointFinding(MonitoredExperiment experiment)
{
    /// <summary>Adds the signals of a look that has come.</summary>
    /// <param name="run">The current run.</param>
    /// <param name="isTrusted">Whether the split agrees with its plan: comparisons of a broken one are not said.</param>
    /// <param name="now">The time of processing.</param>
    /// <param name="signals">The signals.</param>
    public void Evaluate(MonitorRun run, bool isTrusted, DateTimeOffset now, List<AnalysisSignalEvent> signals)
    {
        if (experiment.Plan.Plan is not { Looks.Kind: LookScheduleKind.GroupSequential } plan || experiment.PlannedSample is not { } sample || experiment.Judge is not { } judge)
        {
            return;
        }

        // A subject informs once its window has closed.
        var metric = run.Outcomes.PrimaryOf(plan);
        var subjects = metric is null ? run.EstimatedSubjects : MatureOf(run, metric.Sums);
        if (judge.DueAt(subjects) is var due && due > run.Progress.LastCheckpoint)
        {
            run.Progress.AddCheckpoint(new Checkpoint(due, subjects / (double)sample.Total));
            var variants = metric is not null && isTrusted ? Compare(run, metric) : [];
            if (variants.Count == 0)
            {
                signals.Add(Signal(null, null));
            }

            foreach (var (variant, comparison) in variants)
            {
                signals.Add(Signal(variant, comparison));
            }
        }

        AnalysisSignalEvent Signal(string? variant, Comparison? comparison)
        {
            var last = run.Progress.Checkpoints[^1];
            var (boundary, nominal, spent) = judge.BoundaryAt([.. run.Progress.Checkpoints.Select(static checkpoint => checkpoint.InformationTime)]);
            double? pValue = comparison?.Z is { } z ? plan.Sides == 2 ? 2 * NormalDistribution.UpperTail(Math.Abs(z)) : NormalDistribution.UpperTail(z) : null;
            var finding = pValue is null ? string.Empty : string.Create(CultureInfo.InvariantCulture, $" {variant} has p = {pValue:G3}: {(pValue <= nominal ? "an effect" : "no effect yet")}.");
            return new SignalData(experiment, AnalysisSignalType.SequentialCheckpoint)
                .With("metric", plan.PrimaryMetric.Name)
                .With("variant", variant)
                .With("look", last.Look)
                .With("subjects", subjects)
                .With("alpha", nominal)
                .With("boundary", double.IsFinite(boundary) ? boundary : null)
                .With("alphaSpent", spent)
                .With("informationTime", last.InformationTime)
                .With("plannedSubjects", sample.Total)
                .With("pValue", pValue)
                .With("effect", comparison?.Difference?.Estimate)
                .With("run", run.Number)
                .Create(
                    now,
                    SignalSeverity.Info,
                    string.Create(CultureInfo.InvariantCulture, $"Look {last.Look} of {plan.Looks.InformationTimes.Count} at {experiment.Name} is due: it rejects from {(plan.Sides == 2 ? "|z|" : "z")} = {boundary:F3} on, p = {nominal:G3} by itself.{finding}"));
        }
    }

    private List<(string Variant, Comparison Comparison)> Compare(MonitorRun run, CollectedMetric metric)
    {
        List<(string, Comparison)> comparisons = [];
        if (ReadOutReader.ControlOf(experiment) is >= 0 and var control && run.LatestPlan is { } weights)
        {
            foreach (var variant in weights.Variants)
            {
                if (variant != control)
                {
                    comparisons.Add((experiment.Variants[variant], ReadOutReader.Compare(experiment, run, metric, control, variant)));
                }
            }
        }

        return comparisons;
    }

    private static long MatureOf(MonitorRun run, MetricSums sums)
    {
        var mature = 0L;
        for (var version = 0; version < run.Versions.Count; version++)
        {
            foreach (var variant in run.PlanOf(version) is { } plan ? plan.Variants : [])
            {
                mature += sums.CountOf(version, variant);
            }
        }

        return mature;
    }
}
