namespace ExperimentFramework.DataPlane.Science;

/// <summary>One experiment of a monitor: its counts, findings and recent history.</summary>
internal sealed record WatchedExperiment(MonitoredExperiment Experiment, ExperimentSignals Signals)
{
    public ExperimentHistory History { get; } = new();

    /// <summary>Ends the intervals of the series whose time is over, before anything that belongs to the next ones is counted.</summary>
    public void Advance(DateTimeOffset now)
    {
        if (History.Series.IsDue(now))
        {
            History.Series.Advance(now, Experiment, Signals);
        }
    }

    /// <summary>Updates the evidence, and keeps the signals of what changed.</summary>
    public void Evaluate(DateTimeOffset now, List<AnalysisSignalEvent> signals)
    {
        var before = signals.Count;
        Signals.Evaluate(now, signals);
        History.AddSignals(signals, before);
    }

    /// <summary>Starts counting the subjects from zero.</summary>
    public void Reset(DateTimeOffset now, List<AnalysisSignalEvent> signals)
    {
        var before = signals.Count;
        Signals.Reset(now, signals);
        History.AddSignals(signals, before);
        Experiment.Reset();
    }
}
