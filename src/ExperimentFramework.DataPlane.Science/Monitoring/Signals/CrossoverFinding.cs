using System.Globalization;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>Whether more subjects than expected moved to another variant without an explanation, of those that are held.</summary>
internal sealed class CrossoverFinding(MonitoredExperiment experiment)
{
    private const int FewestSubjects = 1_000;
    private const double Threshold = 0.01;

    /// <summary>The finding ends at half of its threshold, so that it does not begin and end with single subjects.</summary>
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
                    $"{crossovers} of {held} subjects of {experiment.Name} ({share:P1}) moved to another variant without an explanation. Keep a subject on its variant with a sticky assignment policy, and look for several ids of one subject.")));
        }
        else if (run.HasCrossovers && share < EndsAt)
        {
            run.HasCrossovers = false;
            signals.Add(Signal(run, share).With("state", "recovered").Create(
                now, SignalSeverity.Info, $"Few subjects of {experiment.Name} move between variants again."));
        }
    }

    /// <summary>Ends the finding with its run.</summary>
    public void Reset(MonitorRun run, DateTimeOffset now, List<AnalysisSignalEvent> signals)
    {
        if (run.HasCrossovers)
        {
            run.HasCrossovers = false;
            signals.Add(Signal(run, (double)run.Moves.Crossovers / run.Moves.Followed).With("state", "recovered").Create(
                now, SignalSeverity.Info, $"{experiment.Name} was reset: whether its subjects move between variants is counted anew."));
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
