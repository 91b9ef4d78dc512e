using System.Globalization;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>Publishes the plan at the first exposure, and reports later changes.</summary>
internal sealed class PlanFinding(MonitoredExperiment experiment)
{
    private const string TuningSubjects = "tuningSubjects";
    private const string WholePlan = "plan";

    /// <summary>The settings that change the results of the analysis.</summary>
    private static readonly string[] Decisive =
    [
        PlanSettings.Alpha, PlanSettings.Sides, PlanSettings.Control, PlanSettings.Looks, PlanSettings.MinimumRunTime, PlanSettings.Metric, PlanSettings.Source, PlanSettings.Window, PlanSettings.Aggregation, PlanSettings.Cap, PlanSettings.Scale,
        PlanSettings.Estimator,
    ];

    /// <summary>Whether there was an exposure, since the last reset if there was one.</summary>
    private bool HasBegun => experiment.CurrentRun is not null || (experiment.LastRun == 0 && experiment.Tallies.Exposures > 0);

    /// <summary>Adds a signal for a new plan, and for each setting that was changed.</summary>
    public void Evaluate(DateTimeOffset now, List<AnalysisSignalEvent> signals)
    {
        var record = experiment.Plan;
        if (!HasBegun)
        {
            return;
        }

        if (record.Plan is not { } plan)
        {
            ReportRemoval(now, signals);
            return;
        }

        record.IsRemovalReported = false;

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
            // A plan in the stream always arrives after the first exposure, because its application publishes it then.
            if (record is { HasBegunWithoutPlan: true, IsGiven: true })
            {
                signals.Add(Change(WholePlan, null, record.Hash, $"{experiment.Name} received its plan after the first exposure, when results could already be seen, so the plan does not apply to what has been counted. Reset the experiment to start a new run under the plan.", now));
            }

            record.Begin(record.Settings);
        }
        else if (record.FirstHash != record.Hash && record.ReportedHash != record.Hash)
        {
            record.ReportedHash = record.Hash;
            ReportChanges(first, plan, now, signals);
        }

        record.TuningSubjects ??= plan.HasSampleSize ? experiment.PlannedSample?.Total : AnalysisPlan.DefaultTuningSubjects;
    }

    private long Subjects => experiment.CurrentRun?.Counts.Total() ?? 0;

    private AnalysisSignalEvent Declaration(AnalysisPlan plan, DateTimeOffset now)
    {
        var data = new SignalData(experiment, AnalysisSignalType.PlanDeclared)
            .With(PlanDeclaration.Version, plan.Version)
            .With(PlanDeclaration.Owner, plan.Owner)
            .With("subjects", Subjects)
            .With("plannedSubjects", experiment.PlannedSample?.Total);
        foreach (var (name, value) in experiment.Plan.Settings)
        {
            data.With(PlanDeclaration.FieldOf(name), value);
        }

        var message = string.Create(CultureInfo.InvariantCulture, $"{experiment.Name} is analysed by version {plan.Version} of its plan, {experiment.Plan.Hash}.");
        return experiment.PlannedSample is { TotalForPower: long.MaxValue } beyond
            ? data.Create(now, SignalSeverity.Warning, $"{message} The planned power cannot be reached: it takes more subjects than can be counted. Plan a larger effect{(beyond.Total < long.MaxValue ? " or a fixed number of looks" : string.Empty)}.")
            : experiment.PlannedSample is { } sample && sample.TotalForPower > experiment.SubjectCapacity
            ? data.Create(now, SignalSeverity.Warning, string.Create(
                CultureInfo.InvariantCulture,
                $"{message} The planned power takes {sample.TotalForPower} subjects, but memory holds {experiment.SubjectCapacity}: beyond that, only half of the new subjects are counted, then a quarter, so the planned power is reached late or never. Raise ExperimentMonitorOptions.MaxSubjectSlots, or count with SQL over files."))
            : data.Create(now, SignalSeverity.Info, message);
    }

    private void ReportChanges(SortedDictionary<string, string> first, AnalysisPlan plan, DateTimeOffset now, List<AnalysisSignalEvent> signals)
    {
        foreach (var setting in Decisive)
        {
            Report(setting, first.GetValueOrDefault(setting), experiment.Plan.Settings.GetValueOrDefault(setting));
        }

        if (experiment.Weights is { } weights)
        {
            // Compare at the same weights: a ramp changes the sample as well, which is allowed.
            Report(TuningSubjects, SampleOf(new PlanSettingsReader(first).Read(1, null)), SampleOf(plan));

            string SampleOf(AnalysisPlan plan) =>
                (PlannedSample.Compute(plan, weights)?.Total ?? AnalysisPlan.DefaultTuningSubjects).ToString(CultureInfo.InvariantCulture);
        }

        void Report(string setting, string? planned, string? current)
        {
            if (planned != current)
            {
                signals.Add(Change(
                    setting,
                    planned,
                    current,
                    $"The plan of {experiment.Name} was changed after the first exposure: {setting} was {planned ?? "not set"} and is {current ?? "not set"}. The error rate is no longer the planned one: restore the setting, or reset the experiment to start a new run.",
                    now));
            }
        }
    }

    private void ReportRemoval(DateTimeOffset now, List<AnalysisSignalEvent> signals)
    {
        var record = experiment.Plan;
        if (record.FirstSettings is null)
        {
            record.HasBegunWithoutPlan = true;
        }
        else if (!record.IsRemovalReported)
        {
            record.IsRemovalReported = true;
            signals.Add(Change(WholePlan, record.FirstHash, null, $"The plan of {experiment.Name} was removed after the first exposure. The error rate is no longer the planned one: restore the plan, or reset the experiment to start a new run.", now));
        }
    }

    private AnalysisSignalEvent Change(string setting, string? planned, string? current, string message, DateTimeOffset now) => new SignalData(experiment, AnalysisSignalType.PeekingWarning)
        .With("reason", "plan-changed")
        .With("metric", experiment.Plan.FirstSettings?.GetValueOrDefault(PlanSettings.Metric))
        .With("subjects", Subjects)
        .With("setting", setting)
        .With("plannedValue", planned)
        .With("currentValue", current)
        .Create(now, SignalSeverity.Warning, message);
}
