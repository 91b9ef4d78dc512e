using System.Globalization;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>Publishes the plan at the first exposure, and says what was changed of it afterwards.</summary>
internal sealed class PlanFinding(MonitoredExperiment experiment)
{
    private const string TuningSubjects = "tuningSubjects";

    /// <summary>The settings whose change makes the results of an analysis other ones than were planned.</summary>
    private static readonly string[] Decisive =
    [
        PlanSettings.Alpha, PlanSettings.Sides, PlanSettings.Control, PlanSettings.Looks, PlanSettings.Metric, PlanSettings.Source, PlanSettings.Window, PlanSettings.Aggregation, PlanSettings.Cap, PlanSettings.Scale,
        PlanSettings.Estimator,
    ];

    /// <summary>Whether there was an exposure, since the last reset if there was one.</summary>
    private bool HasBegun => experiment.CurrentRun is not null || (experiment.LastRun == 0 && experiment.Tallies.Exposures > 0);

    /// <summary>Adds a signal for a plan that is new, and for each setting that was changed.</summary>
    public void Evaluate(DateTimeOffset now, List<AnalysisSignalEvent> signals)
    {
        var record = experiment.Plan;
        if (record.Plan is not { } plan || !HasBegun)
        {
            return;
        }

        if (record.PublishedHash != record.Hash)
        {
            record.PublishedHash = record.Hash;
            if (record.IsGiven)
            {
                signals.Add(Declaration(plan, now));
            }
        }

        if (record.FirstSettings is not { } first)
        {
            record.Begin(record.Settings);
        }
        else if (record.FirstHash != record.Hash && record.ReportedHash != record.Hash)
        {
            record.ReportedHash = record.Hash;
            ReportChanges(first, plan, now, signals);
        }

        record.TuningSubjects ??= plan.HasSampleSize ? experiment.PlannedSample?.Total : AnalysisPlan.DefaultTuningSubjects;
    }

    private AnalysisSignalEvent Declaration(AnalysisPlan plan, DateTimeOffset now)
    {
        var data = new SignalData(experiment, AnalysisSignalType.PlanDeclared)
            .With(PlanDeclaration.Version, plan.Version)
            .With(PlanDeclaration.Owner, plan.Owner)
            .With("subjects", experiment.CurrentRun?.EstimatedSubjects ?? 0)
            .With("plannedSubjects", experiment.PlannedSample?.Total);
        foreach (var (name, value) in experiment.Plan.Settings)
        {
            data.With(PlanDeclaration.FieldOf(name), value);
        }

        return data.Create(now, SignalSeverity.Info, string.Create(CultureInfo.InvariantCulture, $"{experiment.Name} is analysed by version {plan.Version} of its plan, {experiment.Plan.Hash}."));
    }

    private void ReportChanges(SortedDictionary<string, string> first, AnalysisPlan plan, DateTimeOffset now, List<AnalysisSignalEvent> signals)
    {
        foreach (var setting in Decisive)
        {
            Report(setting, first.GetValueOrDefault(setting), experiment.Plan.Settings.GetValueOrDefault(setting));
        }

        if (experiment.Weights is { } weights)
        {
            // At the same weights: a ramp changes the sample, too, and does so lawfully.
            Report(TuningSubjects, SampleOf(new PlanSettingsReader(first).Read(1, null)), SampleOf(plan));

            string SampleOf(AnalysisPlan plan) =>
                (PlannedSample.Compute(plan, weights)?.Total ?? AnalysisPlan.DefaultTuningSubjects).ToString(CultureInfo.InvariantCulture);
        }

        void Report(string setting, string? planned, string? current)
        {
            if (planned != current)
            {
                signals.Add(new SignalData(experiment, AnalysisSignalType.PeekingWarning)
                    .With("reason", "plan-changed")
                    .With("metric", first.GetValueOrDefault(PlanSettings.Metric))
                    .With("subjects", experiment.CurrentRun?.EstimatedSubjects ?? 0)
                    .With("setting", setting)
                    .With("plannedValue", planned)
                    .With("currentValue", current)
                    .Create(
                        now,
                        SignalSeverity.Warning,
                        $"The plan of {experiment.Name} was changed after the first exposure: {setting} was {planned ?? "not set"} and is {current ?? "not set"}. Its error rate is no longer the planned one; go back to the plan, or reset the experiment to start anew."));
            }
        }
    }
}
