namespace ExperimentFramework.DataPlane.Science;

/// <summary>Reports whether the stream of an experiment allows a test.</summary>
internal sealed class NotTestableFinding(MonitoredExperiment experiment)
{
    /// <summary>With fewer exposures, the finding could be wrong after the next few.</summary>
    private const long FewestExposures = 1_000;

    /// <summary>A few exposures that differ, such as a tester's, do not make a stream testable.</summary>
    private const double FewestShare = 0.01;

    /// <summary>The reported reason why the experiment cannot be tested; null if it can be.</summary>
    public string? Reason { get; set; }

    /// <summary>Adds a signal if the reason has changed.</summary>
    public void Evaluate(DateTimeOffset now, List<AnalysisSignalEvent> signals)
    {
        var reason = Find();
        if (reason == Reason)
        {
            return;
        }

        var data = new SignalData(experiment, AnalysisSignalType.NotTestable)
            .With("reason", reason ?? Reason)
            .With("exposures", experiment.Tallies.Exposures)
            .With("subjects", experiment.CurrentRun?.Counts.Total() ?? 0);
        signals.Add(reason is null
            ? data.With("state", "recovered").Create(now, SignalSeverity.Info, $"The split of {experiment.Name} can now be tested.")
            : data.Create(now, SignalSeverity.Warning, $"The split of {experiment.Name} cannot be tested: {Explain(reason)}"));
        Reason = reason;
    }

    private string? Find()
    {
        var tallies = experiment.Tallies;
        if (tallies.Exposures < FewestExposures)
        {
            return null;
        }

        if (tallies.WithSubject < FewestShare * tallies.Exposures)
        {
            return "no-subjects";
        }

        if (tallies.WithVersion < FewestShare * tallies.Exposures)
        {
            return "no-weights";
        }

        var runs = experiment.OpenRuns.Where(static run => run.Exposures.IsKnown).ToArray();
        if (runs.Length > 0 && Array.TrueForAll(runs, static run => run.Exposures.IsOne))
        {
            return "redacted-subjects";
        }

        return experiment.Plans.Count > 0 && experiment.Plans.All(static plan => !plan.Plan.IsTestable) ? "single-variant" : null;
    }

    private static string Explain(string reason) => reason switch
    {
        "no-subjects" => "less than 1 % of the exposures have a subject. Register an ISubjectIdentityProvider or tag a parameter with [ExposureSubject], and configure redaction to replace ids with pseudonyms instead of omitting them.",
        "no-weights" => "less than 1 % of the exposures come from weights. Select variants by weights, or declare them with the exposure.",
        "redacted-subjects" => "nearly all exposures have the same subject. Configure redaction to replace ids with pseudonyms instead of a placeholder.",
        _ => "only one variant has a weight. Give at least two variants a weight.",
    };
}
