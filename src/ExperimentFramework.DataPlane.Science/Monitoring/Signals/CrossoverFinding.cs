using System.Globalization;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>Reports whether more of the subjects in memory than expected moved to another variant without an explanation.</summary>
internal sealed class CrossoverFinding(MonitoredExperiment experiment)
{
    private const int FewestSubjects = 1_000;
    private const double Threshold = 0.01;

    /// <summary>The finding ends at half of its threshold, so that single subjects do not start and end it repeatedly.</summary>
    private const double EndsAt = Threshold / 2;

    private readonly List<Finding> _open = [];

    /// <summary>Adds a signal for each run whose finding began or ended.</summary>
    public void Evaluate(DateTimeOffset now, List<AnalysisSignalEvent> signals)
    {
        foreach (var run in experiment.OpenRuns)
        {
            Evaluate(run, now, signals);
        }

        EndWithRuns(now, signals);
        foreach (var run in experiment.OpenRuns)
        {
            if (run.HasCrossovers)
            {
                _open.Add(new Finding(run.Number, run.KeyId, run.Moves));
            }
        }
    }

    /// <summary>Ends the findings with their runs, because the experiment is reset.</summary>
    public void Reset(DateTimeOffset now, List<AnalysisSignalEvent> signals)
    {
        foreach (var run in experiment.OpenRuns)
        {
            if (run.HasCrossovers)
            {
                run.HasCrossovers = false;
                signals.Add(Signal(new Finding(run.Number, run.KeyId, run.Moves)).With("state", "recovered").Create(
                    now, SignalSeverity.Info, $"{experiment.Name} was reset, so moves of its subjects between variants are counted from zero."));
            }
        }

        EndWithRuns(now, signals);
    }

    /// <summary>Ends the findings of runs that are not open any more.</summary>
    private void EndWithRuns(DateTimeOffset now, List<AnalysisSignalEvent> signals)
    {
        foreach (var finding in _open)
        {
            if (!IsOpen(finding.Run))
            {
                signals.Add(Signal(finding).With("state", "recovered").Create(
                    now, SignalSeverity.Info, $"Run {finding.Run} of {experiment.Name}, in which subjects moved between variants without an explanation, is over; moves are counted from zero."));
            }
        }

        _open.Clear();
    }

    private bool IsOpen(int number)
    {
        foreach (var run in experiment.OpenRuns)
        {
            if (run.Number == number)
            {
                return true;
            }
        }

        return false;
    }

    private void Evaluate(MonitorRun run, DateTimeOffset now, List<AnalysisSignalEvent> signals)
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
            signals.Add(Signal(new Finding(run.Number, run.KeyId, run.Moves)).Create(
                now,
                SignalSeverity.Warning,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{crossovers} of {held} subjects of {experiment.Name} ({share:P1}) moved to another variant without an explanation. Use a sticky assignment policy to keep subjects on their variants, and check whether one subject has several ids.")));
        }
        else if (run.HasCrossovers && share < EndsAt)
        {
            run.HasCrossovers = false;
            signals.Add(Signal(new Finding(run.Number, run.KeyId, run.Moves)).With("state", "recovered").Create(
                now, SignalSeverity.Info, $"The share of subjects of {experiment.Name} that moved between variants without an explanation is low again."));
        }
    }

    private SignalData Signal(in Finding finding) => new SignalData(experiment, AnalysisSignalType.SubjectCrossovers)
        .With("crossovers", finding.Moves.Crossovers)
        .With("subjects", finding.Moves.Followed)
        .With("share", (double)finding.Moves.Crossovers / finding.Moves.Followed)
        .With("threshold", Threshold)
        .With("explained", finding.Moves.Explained)
        .With("pseudonymKeyId", finding.KeyId)
        .With("run", finding.Run);

    private readonly record struct Finding(int Run, string? KeyId, SubjectMoves Moves);
}
