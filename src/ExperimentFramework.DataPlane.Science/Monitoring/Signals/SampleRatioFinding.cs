using System.Globalization;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>Reports whether the observed split agrees with the planned one. A finding remains until the experiment is reset, because the smallest p-value never rises.</summary>
internal sealed class SampleRatioFinding(MonitoredExperiment experiment)
{
    private static readonly double LogAlertLevel = Math.Log(SampleRatioQuestion.AlertLevel);

    /// <summary>Smaller deviations are described as small, but they are still reported.</summary>
    private const double SmallDeviation = 0.001;

    public ExperimentState State { get; set; }

    /// <summary>Compares the state with the evidence, and adds a signal if it changed.</summary>
    public void Evaluate(SampleRatioQuestion question, DateTimeOffset now, List<AnalysisSignalEvent> signals)
    {
        var next = StateOf(question);
        if (next == State || (State == ExperimentState.SampleRatioMismatch && next != ExperimentState.Inconclusive))
        {
            return;
        }

        var wasMismatch = State == ExperimentState.SampleRatioMismatch;
        State = next;
        if (IsFinding(next))
        {
            var lookAt = Causes(question);
            var data = Data(question, StateText(next)).With("lookAt", lookAt[0].Code);
            signals.Add(data.Create(now, Severity(next), Message(question, lookAt, wasMismatch)));
        }
    }

    /// <summary>Starts over. Must be called before the run ends.</summary>
    /// <param name="question">The evidence of the current run; null if there is none, because its state was lost and no subject has been counted since.</param>
    /// <param name="logPValue">ln p over all runs.</param>
    /// <param name="now">The time of processing.</param>
    /// <param name="signals">The signals.</param>
    public void Reset(SampleRatioQuestion? question, double logPValue, DateTimeOffset now, List<AnalysisSignalEvent> signals)
    {
        if (IsFinding(State))
        {
            var data = question is not null ? Data(question, "reset") : Base("reset", logPValue, subjects: 0, experiment.LastRun);
            signals.Add(data.Create(
                now, SignalSeverity.Info, $"{experiment.Name} was reset. Its subjects are counted from zero, in run {experiment.LastRun + 1}."));
        }

        State = ExperimentState.Gathering;
    }

    private ExperimentState StateOf(SampleRatioQuestion question)
    {
        // Only checked while gathering: once every variant is expected to have a subject, it stays so.
        if (State == ExperimentState.Gathering && question.LogPValue > LogAlertLevel && question.Summary(experiment).SmallestExpected < 1)
        {
            return ExperimentState.Gathering;
        }

        var severity = SequentialSampleRatio.SeverityOf(question.LogPValue);
        if (severity == SampleRatioSeverity.None)
        {
            return ExperimentState.Healthy;
        }

        return !question.IsOfEarlierRun && experiment.Lost.Any && LossesExplain(question, severity)
            ? ExperimentState.Inconclusive
            : severity == SampleRatioSeverity.Alert ? ExperimentState.SampleRatioMismatch : ExperimentState.Warning;
    }

    /// <summary>Whether the losses could explain the deviation, so that it would not be reported without them. Accounts arrive later than exposures, so this can become true after an alarm.</summary>
    private bool LossesExplain(SampleRatioQuestion question, SampleRatioSeverity severity)
    {
        if (SeverityWith(experiment.Lost.ByVariant) >= severity)
        {
            return false;
        }

        // If the current counts no longer show the reported deviation, something other than these losses explains it.
        return State != ExperimentState.SampleRatioMismatch || SeverityWith(losses: null) >= severity;

        SampleRatioSeverity SeverityWith(ReadOnlyMemory<long>? losses) =>
            SequentialSampleRatio.SeverityOf(question.Run.LogPValueOf(SampleRatioEvidence.Create().Compute(question.Run, losses)) + question.LogHosts);
    }

    private SignalData Base(string state, double logPValue, long subjects, int run) => new SignalData(experiment, AnalysisSignalType.SampleRatioMismatch)
        .With("state", state)
        .With("pValue", Math.Exp(logPValue))
        .With("logPValue", logPValue)
        .With("subjects", subjects)
        .With("run", run);

    private SignalData Data(SampleRatioQuestion question, string state)
    {
        var summary = question.Summary(experiment);
        var data = Base(state, question.LogPValue, summary.Subjects, question.Run.Number)
            .With("alpha", State == ExperimentState.SampleRatioMismatch ? SampleRatioQuestion.AlertLevel : SampleRatioQuestion.WarningLevel)
            .With("pseudonymKeyId", question.Run.KeyId)
            .With("isInconclusive", State == ExperimentState.Inconclusive);
        if (!question.IsOfEarlierRun)
        {
            data.With("chiSquarePValue", summary.ChiSquare is { } chiSquare ? Math.Exp(chiSquare.LogPValue) : null)
                .With("worstVariant", summary.Worst?.Key)
                .With("relativeDeviation", summary.Worst?.RelativeDeviation)
                .With("allocationVersion", question.Run.Versions.Count == 1 ? question.Run.Versions[0] : null);
        }

        if (!question.IsOfEarlierRun && question.Start is { } start)
        {
            data.With("startedAt", start.Time).With("startReason", start.Reason);
        }

        foreach (var variant in summary.Variants)
        {
            data.With("observed:" + variant.Key, variant.Subjects).With("planned:" + variant.Key, variant.Expected / summary.Subjects);
        }

        foreach (var segment in question.Segments)
        {
            data.With("segment:" + segment.Name, RunSummary.Of(experiment, question.Run, segment.Counts).Worst?.RelativeDeviation);
        }

        foreach (var (reason, exposures) in experiment.Tallies.Excluded)
        {
            data.With("excluded:" + reason, exposures);
        }

        for (var variant = 0; variant < experiment.Variants.Count; variant++)
        {
            var lost = experiment.Lost.ByVariant.Span[variant];
            data.With("dropped:" + experiment.Variants[variant], lost == 0 ? null : lost);
        }

        return data;
    }

    private IReadOnlyList<MismatchCause> Causes(SampleRatioQuestion question) =>
        MismatchCauses.Of(experiment, question.Run, question.Summary(experiment).Worst, question.Start, question.Segments);

    private string Message(SampleRatioQuestion question, IReadOnlyList<MismatchCause> lookAt, bool wasMismatch)
    {
        if (question.IsOfEarlierRun)
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"The observed split of {experiment.Name} differed from its plan in an earlier run, so its results cannot be trusted (p = {Math.Exp(question.LogPValue):G2}). The counts of that run are no longer available. Reset the experiment after the cause is fixed.");
        }

        var summary = question.Summary(experiment);
        var finding = State switch
        {
            ExperimentState.Inconclusive => $"The observed split of {experiment.Name} differs from its plan, but lost exposures{(wasMismatch ? ", which were reported after the alarm," : string.Empty)} could explain it",
            ExperimentState.Warning => $"The observed split of {experiment.Name} may differ from its plan",
            _ => $"The observed split of {experiment.Name} differs from its plan, so its results cannot be trusted",
        };
        var worst = summary.Worst is not { } variant ? string.Empty : string.Create(
            CultureInfo.InvariantCulture,
            $" {variant.Key} has {variant.Subjects} of {summary.Subjects} subjects, {Math.Abs(variant.RelativeDeviation):P1} {(variant.RelativeDeviation < 0 ? "fewer" : "more")} than planned{(Math.Abs(variant.RelativeDeviation) < SmallDeviation ? ", a small deviation" : string.Empty)}.");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{finding} (p = {Math.Exp(question.LogPValue):G2}).{worst} Check first: {string.Join("; ", lookAt.Select(static cause => cause.Advice))}.");
    }

    private static bool IsFinding(ExperimentState state) =>
        state is ExperimentState.Warning or ExperimentState.SampleRatioMismatch or ExperimentState.Inconclusive;

    private static SignalSeverity Severity(ExperimentState state) => state == ExperimentState.SampleRatioMismatch ? SignalSeverity.Error : SignalSeverity.Warning;

    private static string StateText(ExperimentState state) => state switch
    {
        ExperimentState.SampleRatioMismatch => "mismatch",
        ExperimentState.Inconclusive => "inconclusive",
        _ => "warning",
    };
}
