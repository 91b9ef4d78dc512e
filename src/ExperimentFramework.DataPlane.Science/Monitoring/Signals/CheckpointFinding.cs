using System.Globalization;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>Signals the planned looks of a plan, each once for a primary metric, for each variant that is compared with control.</summary>
internal sealed class CheckpointFinding(MonitoredExperiment experiment)
{
    /// <summary>Adds the signals of a look that is due.</summary>
    /// <param name="run">The current run.</param>
    /// <param name="isTrusted">Whether comparisons can be trusted: neither a broken split nor losses that explain an alarming one. Otherwise they are omitted.</param>
    /// <param name="now">The time of processing.</param>
    /// <param name="signals">The signals.</param>
    public void Evaluate(MonitorRun run, bool isTrusted, DateTimeOffset now, List<AnalysisSignalEvent> signals)
    {
        if (experiment.Plan.Plan is not { Looks.Kind: not LookScheduleKind.AlwaysValid } plan || experiment.PlannedSample is not { } sample || experiment.LookRules is not { } rules)
        {
            return;
        }

        if (run.Outcomes.PrimaryOf(plan) is not { } metric)
        {
            return;
        }

        var looks = metric.PlanLooks;
        var subjects = DueLooks.TestedSubjects(experiment, run, plan);
        var due = rules.DueAt(subjects);

        // Earlier looks are counted by the current plan, which may have different looks.
        var before = Math.Max(DueLooks.PassedBefore(run, metric, rules, subjects), rules.DueAt(Math.Min(subjects, looks.SubjectsOfLatest(experiment.Plan.ComparisonId))));
        if (due <= before)
        {
            return;
        }

        Checkpoint checkpoint = new(due, subjects, experiment.Plan.ComparisonId);
        var boundary = rules.BoundaryAt([.. looks.With(checkpoint).Select(look => look.Subjects / (double)sample.Total)]);
        looks.Add(checkpoint);
        var results = isTrusted ? Compare(run, metric, boundary.Boundary, plan.Sides) : [];
        if (results.Count == 0)
        {
            signals.Add(Signal(null, null, isEffect: false));
        }

        foreach (var (variant, result) in results)
        {
            var isEffect = result is not null && PValueOf(result) <= boundary.NominalAlpha;
            if (isEffect)
            {
                looks.Decide(experiment.Plan.ComparisonId, variant, result!.Z > 0);
            }

            signals.Add(Signal(experiment.Variants[variant], result, isEffect));
        }

        double PValueOf(PlannedLookResult result) => plan.Sides == 2 ? 2 * NormalDistribution.UpperTail(Math.Abs(result.Z)) : NormalDistribution.UpperTail(result.Z);

        AnalysisSignalEvent Signal(string? variant, PlannedLookResult? result, bool isEffect)
        {
            double? pValue = result is null ? null : PValueOf(result);
            var finding = pValue is null ? string.Empty : string.Create(CultureInfo.InvariantCulture, $" {variant} has p = {pValue:G3}: {(isEffect ? "an effect" : due < plan.Looks.InformationTimes.Count ? "no effect yet" : "no effect was found")}.");
            return new SignalData(experiment, AnalysisSignalType.SequentialCheckpoint)
                .With("metric", plan.PrimaryMetric.Name)
                .With("variant", variant)
                .With("look", due)
                .With("subjects", subjects)
                .With("alpha", boundary.NominalAlpha)
                .With("boundary", double.IsFinite(boundary.Boundary) ? boundary.Boundary : null)
                .With("alphaSpent", boundary.Spent)
                .With("informationTime", subjects / (double)sample.Total)
                .With("plannedSubjects", sample.Total)
                .With("pValue", pValue)
                .With("effect", result?.Effect.Estimate)
                .With("lower", result?.Effect.Lower)
                .With("upper", result?.Effect.Upper)
                .With("run", run.Number)
                .Create(
                    now,
                    SignalSeverity.Info,
                    string.Create(CultureInfo.InvariantCulture, $"Look {due} of {plan.Looks.InformationTimes.Count} at {experiment.Name} is due. It rejects if {(plan.Sides == 2 ? "|z|" : "z")} is at least {boundary.Boundary:F3}, which is p = {boundary.NominalAlpha:G3} for this look alone.{finding}"));
        }
    }

    private List<(int Variant, PlannedLookResult? Result)> Compare(MonitorRun run, CollectedMetric metric, double boundary, int sides)
    {
        List<(int, PlannedLookResult?)> results = [];
        var comparisons = new RunComparisons(experiment, run);
        if (comparisons.Control >= 0 && run.LatestPlan is { } weights)
        {
            foreach (var variant in weights.Variants)
            {
                if (variant != comparisons.Control)
                {
                    var strata = comparisons.StrataOf(metric.Sums, variant);
                    results.Add((variant, PlannedLookResult.Of(strata, comparisons.Compare(metric, strata), boundary, sides)));
                }
            }
        }

        return results;
    }
}
