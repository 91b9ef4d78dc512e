namespace ExperimentFramework.DataPlane.Science;

/// <summary>One experiment of a monitor: its counts, what was said of them, and what happened lately.</summary>
internal sealed record WatchedExperiment(MonitoredExperiment Experiment, ExperimentSignals Signals)
{
    public ExperimentHistory History { get; } = new();

    /// <summary>Ends the intervals of the series whose time has come, before what belongs to the next ones is counted.</summary>
    public void Advance(DateTimeOffset now)
    {
        if (History.Series.IsDue(now))
        {
            History.Series.Advance(now, Experiment, Signals);
        }
    }

    /// <summary>Computes the evidence anew and keeps the signals of what changed.</summary>
    public void Evaluate(DateTimeOffset now, List<AnalysisSignalEvent> signals)
    {
        var before = signals.Count;
        Signals.Evaluate(now, signals);
        History.AddSignals(signals, before);
    }

    /// <summary>Counts the subjects anew.</summary>
    public void Reset(DateTimeOffset now, List<AnalysisSignalEvent> signals)
    {
        var before = signals.Count;
        Signals.Reset(now, signals);
        History.AddSignals(signals, before);
        Experiment.Reset();
    }
}
