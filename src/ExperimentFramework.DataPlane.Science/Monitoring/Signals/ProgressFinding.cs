using System.Globalization;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>Signals the progress of the current run through its plan. Each step is signaled once in a run, and not before the planned minimum run time is over.</summary>
internal sealed class ProgressFinding(MonitoredExperiment experiment)
{
    private readonly CheckpointFinding _checkpoints = new(experiment);

    /// <summary>Adds a signal for each step that has been reached.</summary>
    /// <param name="isTrusted">Whether comparisons can be trusted: neither a broken split nor losses that explain an alarming one.</param>
    /// <param name="now">The time of processing.</param>
    /// <param name="signals">The signals.</param>
    public void Evaluate(bool isTrusted, DateTimeOffset now, List<AnalysisSignalEvent> signals)
    {
        if (experiment.Plan.Plan is not { } plan || experiment.CurrentRun is not { } run)
        {
            return;
        }

        run.Progress.LooksNotBefore = DueLooks.NotBefore(run, plan, now);
        run.Progress.IsTimeKnown = true;
        if (run.Progress.LooksNotBefore is not null)
        {
            return;
        }

        // The total includes only subjects for which there was memory.
        var subjects = run.Progress.HasSample ? 0 : run.Counts.Total();
        if (!run.Progress.HasSample && experiment.PlannedSample is { } sample && subjects >= sample.Total)
        {
            run.Progress.HasSample = true;
            signals.Add(new SignalData(experiment, AnalysisSignalType.MinimumSampleReached)
                .With("subjects", subjects)
                .With("minimum", sample.Total)
                .With("run", run.Number)
                .Create(now, SignalSeverity.Info, string.Create(CultureInfo.InvariantCulture, $"{experiment.Name} has {subjects} subjects; {sample.Total} were planned.")));
        }

        if (!run.Progress.HasPower && BlindedPower.Of(experiment, run) is { } reached && reached.Power >= plan.Power)
        {
            run.Progress.HasPower = true;
            signals.Add(PowerSignal(plan, run, reached, now));
        }

        _checkpoints.Evaluate(run, isTrusted, now, signals);
    }

    private AnalysisSignalEvent PowerSignal(AnalysisPlan plan, MonitorRun run, (double Power, long Subjects) reached, DateTimeOffset now) =>
        new SignalData(experiment, AnalysisSignalType.PowerThresholdMet)
            .With("metric", plan.PrimaryMetric.Name)
            .With("subjects", reached.Subjects)
            .With("power", reached.Power)
            .With("plannedPower", plan.Power)
            .With("alpha", plan.Alpha * run.ErrorShare / Math.Max(1, (run.LatestPlan?.Variants.Length ?? 2) - 1))
            .With("minimumEffect", plan.Difference)
            .With("run", run.Number)
            .Create(
                now,
                SignalSeverity.Info,
                string.Create(CultureInfo.InvariantCulture, $"{experiment.Name} would detect the planned effect on {plan.PrimaryMetric.Name} with a probability of {reached.Power:P1}; {plan.Power:P0} was planned."));
}
