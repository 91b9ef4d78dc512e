namespace ExperimentFramework.DataPlane.Science;

/// <summary>
/// The state of one experiment's findings. Each finding is signaled when it begins, when it becomes more severe and when it ends, but not while nothing changes.
/// </summary>
internal sealed class ExperimentSignals(MonitoredExperiment experiment, int hostCount)
{
    private readonly PlanFinding _plan = new(experiment);
    private readonly ProgressFinding _progress = new(experiment);
    private readonly SampleRatioFinding _sampleRatio = new(experiment);
    private readonly CrossoverFinding _crossovers = new(experiment);
    private readonly UndeclaredFinding _undeclared = new(experiment);
    private readonly NotTestableFinding _notTestable = new(experiment);
    private readonly IncompleteStreamFinding _incomplete = new(experiment);
    private readonly SampleRatioEvidence _evidence = SampleRatioEvidence.Create();

    /// <summary>The state of the experiment. A broken split remains the state even if the experiment can no longer be tested.</summary>
    public ExperimentState State => IsSplitBroken || _notTestable.Reason is null ? _sampleRatio.State : ExperimentState.NotTestable;

    /// <summary>Whether the split was found to be broken, so that every comparison is biased.</summary>
    public bool IsSplitBroken => _sampleRatio.State == ExperimentState.SampleRatioMismatch;

    /// <summary>
    /// Why comparisons cannot be trusted, as sentences; null if they can. If lost exposures of one variant explain an alarming deviation, the subjects who are counted differ between the variants, unless exposures are lost at random.
    /// </summary>
    public string? Doubt =>
        IsSplitBroken ? "The split of the subjects differs from the plan, so every comparison is biased. Fix the cause, and reset the experiment."
        : _sampleRatio.State == ExperimentState.Inconclusive && SequentialSampleRatio.SeverityOf(LogPValue) == SampleRatioSeverity.Alert
            ? "The split of the subjects differs from the plan because exposures were lost, so every comparison is biased unless they were lost at random. Find out where they are lost, and reset the experiment."
            : null;

    /// <summary>ln p of the sequential test over all runs since the last reset; 0 before the first subject.</summary>
    public double LogPValue { get; private set; }

    /// <summary>ln E of the latest run, minus the correction for the number of runs and hosts. The split is reported as broken when it reaches ln 100.</summary>
    public double LogEvidence { get; private set; }

    /// <summary>Whether more subjects than expected moved to another variant without an explanation.</summary>
    public bool HasCrossovers => experiment.OpenRuns.Any(static run => run.HasCrossovers);

    /// <summary>Why the experiment cannot be tested; null if it can.</summary>
    public string? NotTestableReason => _notTestable.Reason;

    /// <summary>The findings that were reported and have not ended, for a snapshot.</summary>
    public ReportedFindings Reported
    {
        get => new(_sampleRatio.State, _notTestable.Reason, [.. _undeclared.Reported]);
        set
        {
            _sampleRatio.State = value.SampleRatio;
            _notTestable.Reason = value.NotTestable;
            _undeclared.Reported.UnionWith(value.UndeclaredVersions);
            LogPValue = Math.Min(0, experiment.LogPValue + Math.Log(hostCount));
            LogEvidence = experiment.OpenRuns is [.., var latest] ? EvidenceOf(latest, _evidence.Compute(latest)) : 0;
        }
    }

    /// <summary>Updates the evidence if its data has changed, and adds a signal for each finding that changed.</summary>
    public void Evaluate(DateTimeOffset now, List<AnalysisSignalEvent> signals)
    {
        _plan.Evaluate(now, signals);
        _notTestable.Evaluate(now, signals);
        _undeclared.Evaluate(now, signals);
        _incomplete.Evaluate(now, signals);
        if (experiment.HasNewEvidence)
        {
            experiment.HasNewEvidence = false;
            EvaluateSplit(now, signals);
        }

        _crossovers.Evaluate(now, signals);
        _progress.Evaluate(Doubt is null, now, signals);
    }

    /// <summary>Clears the findings, and signals that the experiment was reset. Must be called before its runs end.</summary>
    public void Reset(DateTimeOffset now, List<AnalysisSignalEvent> signals)
    {
        _sampleRatio.Reset(experiment.CurrentRun is { } run ? new SampleRatioQuestion(run, _evidence, LogPValue, Math.Log(hostCount)) : null, LogPValue, now, signals);

        _crossovers.Reset(now, signals);

        LogPValue = 0;
        LogEvidence = 0;
    }

    private double EvidenceOf(MonitorRun run, double logEValue) => -run.UnboundedLogPValueOf(logEValue) - Math.Log(hostCount);

    private void EvaluateSplit(DateTimeOffset now, List<AnalysisSignalEvent> signals)
    {
        var logPValue = experiment.EndedLogPValue;
        MonitorRun? strongest = null;
        foreach (var run in experiment.OpenRuns)
        {
            run.NewSubjects = 0;
            var logEValue = _evidence.Compute(run);
            LogEvidence = EvidenceOf(run, logEValue);
            run.SupLogEValue = logEValue > run.SupLogEValue ? logEValue : run.SupLogEValue;
            var ofRun = run.LogPValue;
            if (strongest is null || ofRun < logPValue)
            {
                strongest = run;
            }

            logPValue = Math.Min(logPValue, ofRun);
        }

        var logHosts = Math.Log(hostCount);
        LogPValue = Math.Min(0, logPValue + logHosts);
        if (strongest is not null)
        {
            _sampleRatio.Evaluate(new SampleRatioQuestion(strongest, _evidence, LogPValue, logHosts), now, signals);
        }
    }
}

/// <summary>The findings that were reported and have not ended.</summary>
internal sealed record ReportedFindings(ExperimentState SampleRatio, string? NotTestable, IReadOnlyList<string> UndeclaredVersions)
{
    /// <summary>The signals that have not been taken yet.</summary>
    public IReadOnlyList<AnalysisSignalEvent> Untaken { get; init; } = [];
}
