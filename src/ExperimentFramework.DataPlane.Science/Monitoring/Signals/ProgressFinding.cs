using System.Globalization;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>How far the current run has come with its plan. Each step is signaled once in a run, and not before the planned minimum of its run time is over.</summary>
internal sealed class ProgressFinding(MonitoredExperiment experiment)
{
    /// <summary>Adds a signal for each step that has been reached.</summary>
    public void Evaluate(DateTimeOffset now, List<AnalysisSignalEvent> signals)
    {
        if (experiment.Plan.Plan is not { } plan
            || experiment.CurrentRun is not { } run
            || now - run.StartedAt < plan.MinimumRunTime
            || experiment.PlannedSample is not { } sample)
        {
            return;
        }

        var subjects = run.EstimatedSubjects;
        if (!run.Progress.HasSample && subjects >= sample.Total)
        {
            run.Progress.HasSample = true;
            signals.Add(new SignalData(experiment, AnalysisSignalType.MinimumSampleReached)
                .With("subjects", subjects)
                .With("minimum", sample.Total)
                .With("run", run.Number)
                .Create(now, SignalSeverity.Info, string.Create(CultureInfo.InvariantCulture, $"{experiment.Name} has {subjects} subjects; {sample.Total} were planned.")));
        }

        if (plan.Looks.Kind == LookScheduleKind.GroupSequential && experiment.Judge is { } judge && judge.DueAt(subjects) is var due && due > run.Progress.LastCheckpoint)
        {
            run.Progress.AddCheckpoint(new Checkpoint(due, subjects / (double)sample.Total));
            signals.Add(CheckpointSignal(plan, run, judge, sample.Total, now));
        }
    }

    private AnalysisSignalEvent CheckpointSignal(AnalysisPlan plan, MonitorRun run, LookJudge judge, long planned, DateTimeOffset now)
    {
        var last = run.Progress.Checkpoints[^1];
        var (boundary, nominal, spent) = judge.BoundaryAt([.. run.Progress.Checkpoints.Select(static checkpoint => checkpoint.InformationTime)]);
        return new SignalData(experiment, AnalysisSignalType.SequentialCheckpoint)
            .With("metric", plan.PrimaryMetric.Name)
            .With("look", last.Look)
            .With("subjects", run.EstimatedSubjects)
            .With("alpha", nominal)
            .With("boundary", double.IsFinite(boundary) ? boundary : null)
            .With("alphaSpent", spent)
            .With("informationTime", last.InformationTime)
            .With("plannedSubjects", planned)
            .With("run", run.Number)
            .Create(
                now,
                SignalSeverity.Info,
                string.Create(CultureInfo.InvariantCulture, $"Look {last.Look} of {plan.Looks.InformationTimes.Count} at {experiment.Name} is due: it rejects from {(plan.Sides == 2 ? "|z|" : "z")} = {boundary:F3} on, p = {nominal:G3} by itself."));
    }
}
