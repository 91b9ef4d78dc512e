using System.Globalization;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>Reports whether more of the subjects in memory than expected moved to another variant without an explanation.</summary>
internal sealed class CrossoverFinding(MonitoredExperiment experiment)
{
    private const int FewestSubjects = 1_000;
    private const double Threshold = 0.01;

    /// <summary>The finding ends at half of its threshold, so that single subjects do not start and end it repeatedly.</summary>
    private const double EndsAt = Threshold / 2;

    /// <summary>Adds a signal if the finding began or ended.</summary>
    public void Evaluate(MonitorRun run, DateTimeOffset now, List<AnalysisSignalEvent> signals)
    {
        var (held, crossovers, _) = run.Moves;
        if (held < FewestSubjects)
        {
            return;
        }

        var share = (double)crossovers / held;
        if (!run.HasCrossovers && share >= Threshold)
        {
            run.HasCrossovers = true;
            signals.Add(Signal(run, share).Create(
                now,
                SignalSeverity.Warning,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{crossovers} of {held} subjects of {experiment.Name} ({share:P1}) moved to another variant without an explanation. Use a sticky assignment policy to keep subjects on their variants, and check whether one subject has several ids.")));
        }
        else if (run.HasCrossovers && share < EndsAt)
        {
            run.HasCrossovers = false;
            signals.Add(Signal(run, share).With("state", "recovered").Create(
                now, SignalSeverity.Info, $"The share of subjects of {experiment.Name} that moved between variants without an explanation is low again."));
        }
    }

    /// <summary>Ends the finding with its run.</summary>
    public void Reset(MonitorRun run, DateTimeOffset now, List<AnalysisSignalEvent> signals)
    {
        if (run.HasCrossovers)
        {
            run.HasCrossovers = false;
            signals.Add(Signal(run, (double)run.Moves.Crossovers / run.Moves.Followed).With("state", "recovered").Create(
                now, SignalSeverity.Info, $"{experiment.Name} was reset, so moves of its subjects between variants are counted from zero."));
        }
    }

    private SignalData Signal(MonitorRun run, double share) => new SignalData(experiment, AnalysisSignalType.SubjectCrossovers)
        .With("crossovers", run.Moves.Crossovers)
        .With("subjects", run.Moves.Followed)
        .With("share", share)
        .With("threshold", Threshold)
        .With("explained", run.Moves.Explained)
        .With("pseudonymKeyId", run.KeyId)
        .With("run", run.Number);
}
