using System.Globalization;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>A look that has been counted but not recorded yet.</summary>
internal sealed class PendingLook
{
    /// <summary>The rise of the error rate that triggers another warning.</summary>
    private const double Noticeable = 0.001;

    private readonly AnalysisPlan? _plan;
    private readonly LookRules? _rules;
    private readonly PastLook[] _looks;
    private readonly DateTimeOffset? _notBefore;
    private readonly int _reached;
    private readonly int _passed;

    private PendingLook(AnalysisLook look, AnalysisPlan? plan, LookRules? rules, PastLook[] looks, DateTimeOffset? notBefore = null, int reached = 0, int passed = 0)
    {
        Look = look;
        _plan = plan;
        _rules = rules;
        _looks = looks;
        _notBefore = notBefore;
        _reached = reached;
        _passed = passed;
    }

    /// <summary>The look, without the person who looks.</summary>
    public AnalysisLook Look { get; }

    /// <summary>Counts a look.</summary>
    public static PendingLook Begin(MonitoredExperiment experiment, DateTimeOffset now)
    {
        var run = experiment.CurrentRun;
        var look = new AnalysisLook
        {
            Timestamp = now,
            By = string.Empty,
            ExperimentName = experiment.Name,
            Run = run?.Number ?? 0,
            Subjects = run?.Counts.Total() ?? 0,
            Shown = string.Empty,
            PlanHash = experiment.Plan.Hash,
        };
        if (experiment.Plan.Plan is not { Looks.Kind: not LookScheduleKind.AlwaysValid } plan)
        {
            return new PendingLook(look, null, null, []);
        }

        var notBefore = run is null ? null : DueLooks.NotBefore(run, plan, now);
        if (run?.Outcomes.PrimaryOf(plan) is not { } metric || experiment.LookRules is not { } rules)
        {
            return new PendingLook(look, plan, experiment.LookRules, [], notBefore);
        }

        var deciding = DueLooks.ReachedSubjects(experiment, run, DueLooks.SubjectsThatAllow(experiment, run, plan));
        var reached = rules.DueAt(deciding);
        if (DueLooks.VisibleSubjects(run, plan) is not (> 0 and var subjects))
        {
            // A look that shows nothing costs nothing, so the next one may still be the planned one.
            return new PendingLook(look, plan, rules, [], notBefore, reached);
        }

        metric.PlanLooks.Add(new PastLook(subjects, notBefore is null ? deciding : 0), rules);
        return new PendingLook(look, plan, rules, [.. metric.PlanLooks.Taken], notBefore, reached, DueLooks.PassedBefore(run, metric, rules, deciding));
    }

    /// <summary>Determines whether the plan allows the look, and what it costs.</summary>
    /// <param name="look">The look, with the person who looks.</param>
    public LookVerdict Assess(AnalysisLook look)
    {
        if (_plan is null)
        {
            return new LookVerdict { Look = look, IsAllowed = true };
        }

        var verdict = new LookVerdict { Look = look, IsAllowed = true, NextLookNotBefore = _notBefore, CountsClosedWindows = _plan.Looks.Kind == LookScheduleKind.GroupSequential };
        var next = _reached < _plan.Looks.InformationTimes.Count ? _rules?.SubjectsOf(_reached) : null;
        if (_rules is null || _looks.Length == 0)
        {
            return _reached > 0 && _notBefore is null
                ? verdict with { NextLookAt = next }
                : verdict with { Look = look with { Reason = LookRules.EarlyLook }, IsAllowed = false, Reason = LookRules.EarlyLook, NextLookAt = next };
        }

        // If a planned look only waits for the minimum run time, its number of subjects has been reached.
        next = _reached == _rules.DueAt(_looks[^1].Deciding) ? next : null;
        var reason = _rules.ReasonAgainst(_looks, _passed);
        var (soFar, atEnd) = _rules.ErrorRates(_looks, _passed);
        look = look with { Reason = reason, AlphaSpent = soFar };
        return reason is null
            ? verdict with { Look = look, NextLookAt = next }
            : verdict with { Look = look, IsAllowed = false, Reason = reason, NextLookAt = next, TypeIError = soFar, TypeIErrorAtEnd = atEnd };
    }

    /// <summary>Adds a signal if the error rate is noticeably higher than in the last warning.</summary>
    /// <returns>True if a signal was added.</returns>
    public bool Warn(MonitoredExperiment experiment, LookVerdict verdict, List<AnalysisSignalEvent> signals)
    {
        var rate = verdict.TypeIErrorAtEnd ?? (_rules?.Alpha ?? _plan!.Alpha);
        if (experiment.OpenRuns.FirstOrDefault(run => run.Number == Look.Run) is not { } run)
        {
            return false;
        }

        if (run.Outcomes.PrimaryOf(_plan!) is { } metric)
        {
            if (metric.PlanLooks.WarnedErrorRate > 0 && rate < metric.PlanLooks.WarnedErrorRate + Noticeable)
            {
                return false;
            }

            metric.PlanLooks.WarnedErrorRate = rate;
        }

        var cost = _rules is null ? "The planned number of subjects is not known, because the weights of the variants are not known."
            : verdict.TypeIErrorAtEnd is null ? "No window of the primary metric had closed yet, so this look costs nothing."
            : string.Create(
            CultureInfo.InvariantCulture,
            $"If an effect found at any of the looks is acted upon, the overall error rate will be {rate:P1} instead of {_rules.Alpha:P1}.");
        signals.Add(new SignalData(experiment, AnalysisSignalType.PeekingWarning)
            .With("reason", verdict.Reason)
            .With("metric", verdict.Look.Metric ?? _plan!.PrimaryMetric.Name)
            .With("subjects", Look.Subjects)
            .With("plannedSubjects", verdict.NextLookAt)
            .With("looks", _looks.Length)
            .With("typeIError", verdict.TypeIError)
            .With("typeIErrorAtEnd", verdict.TypeIErrorAtEnd)
            .With("run", Look.Run)
            .Create(
                Look.Timestamp,
                SignalSeverity.Warning,
                $"The results of {experiment.Name} were looked at {(verdict.Reason == LookRules.EarlyLook ? "before the plan allows it" : "at a time when the plan has no look")}. {cost} Wait for the planned sample, or use a plan that allows looks at any time (LookSchedule.AlwaysValid)."));
        return true;
    }
}
