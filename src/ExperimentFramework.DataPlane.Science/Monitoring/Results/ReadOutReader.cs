namespace ExperimentFramework.DataPlane.Science;

/// <summary>Reads out the metrics of an experiment.</summary>
internal static class ReadOutReader
{
    private const double DefaultAlpha = 0.05;

    /// <summary>Looks at the metrics whose values have changed, which may lower their p-values.</summary>
    public static void Look(MonitoredExperiment experiment)
    {
        // By index: nothing is allocated if nothing has changed.
        for (var index = 0; index < experiment.OpenRuns.Count; index++)
        {
            var run = experiment.OpenRuns[index];
            foreach (var metric in run.Outcomes.Windows.Metrics)
            {
                Look(experiment, run, metric);
            }

            for (var metric = 0; metric < run.Outcomes.Calls.Metrics.Count; metric++)
            {
                Look(experiment, run, run.Outcomes.Calls.Metrics[metric]);
            }
        }
    }

    private static void Look(MonitoredExperiment experiment, MonitorRun run, CollectedMetric metric)
    {
        if (!metric.HasNewValues || ControlOf(experiment) is not (>= 0 and var control))
        {
            return;
        }

        metric.HasNewValues = false;
        metric.TuningSubjects = TuningSubjectsOf(experiment, metric);
        for (var variant = 0; variant < experiment.Variants.Count; variant++)
        {
            if (variant != control)
            {
                metric.Look(variant, Compare(experiment, run, metric, control, variant).LogPValue);
            }
        }
    }

    /// <summary>Reads out all metrics of the current run.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="isTrusted">Whether its split agrees with the plan.</param>
    /// <param name="evenIfUntrustworthy">Whether comparisons are wanted although the split is broken.</param>
    public static IReadOnlyList<MetricReadOut> Read(MonitoredExperiment experiment, bool isTrusted, bool evenIfUntrustworthy)
    {
        if (experiment.CurrentRun is not { } run)
        {
            return [];
        }

        var windows = run.Outcomes.Windows;
        var calls = run.Outcomes.Calls;
        var waiting = calls.Metrics.Count == 0 ? 0 : calls.Waiting;
        List<MetricReadOut> readOuts = [];
        for (var index = 0; index < windows.Metrics.Length; index++)
        {
            readOuts.Add(Read(windows.Metrics[index], windows.OpenOf(index), windows.Halvings, 0));
        }

        readOuts.AddRange(calls.Metrics.Select(metric => Read(metric, waiting, calls.Halvings, calls.HasOutcomes ? calls.Missing : 0)));
        return [.. readOuts.OrderByDescending(static readOut => readOut.IsPrimary).ThenByDescending(static readOut => readOut.IsPlanned)];

        MetricReadOut Read(CollectedMetric metric, long immature, int halvings, long withoutOutcome)
        {
            var control = ControlOf(experiment);
            var isPrimary = experiment.Plan.Plan is { } plan && metric.IsPlanned && metric.Measures(plan.PrimaryMetric);
            VariantReadOut[] variants = [.. experiment.Variants.Select((key, variant) => ReadVariant(experiment, run, metric, variant) with
            {
                Comparison = control < 0 || variant == control ? null : Show(Compare(experiment, run, metric, control, variant), metric, variant),
            })];
            var comparisons = variants.Select(static variant => variant.Comparison).OfType<VariantComparison>().ToArray();
            return new MetricReadOut
            {
                Name = metric.Plan.Name,
                Source = metric.Plan.Source,
                Definition = metric.Plan.Definition,
                IsPrimary = isPrimary,
                IsPlanned = metric.IsPlanned,
                Estimator = metric.Plan.EffectiveEstimator,
                State = comparisons.Length == 0 ? ReadOutState.NotComparable : comparisons.Max(static comparison => comparison.State),
                Missing = control < 0 ? $"No exposure and no weight names the control, {ControlKeyOf(experiment)}." : comparisons.Length == 0 ? "There is no variant besides the control." : null,
                Control = control < 0 ? null : experiment.Variants[control],
                Alpha = AlphaOf(experiment, run, control),
                TuningSubjects = TuningSubjectsOf(experiment, metric),
                Immature = immature,
                Mature = variants.Sum(static variant => variant.Subjects),
                WithoutValue = metric.WithoutValue + withoutOutcome,
                Late = metric.Late,
                Duplicates = metric.Duplicates,
                Invalid = metric.Invalid,
                CollectedShare = Math.Pow(2, -halvings),
                Variants = variants,
            };

            VariantComparison Show(Comparison comparison, CollectedMetric ofMetric, int variant)
            {
                if (comparison.State != ReadOutState.Shown)
                {
                    return new VariantComparison { State = comparison.State, Missing = comparison.Missing };
                }

                var logPValue = Math.Min(ofMetric.LogPValueOf(variant), 0);
                var shown = new VariantComparison
                {
                    State = ReadOutState.Shown,
                    Versions = comparison.Versions,
                    Difference = comparison.Difference,
                    Lift = comparison.Lift,
                    LogPValue = logPValue,
                    Verdict = !isPrimary ? ReadOutVerdict.None
                        : logPValue > Math.Log(AlphaOf(experiment, run, control)) ? ReadOutVerdict.Undecided
                        : (comparison.Difference?.Estimate ?? 1) > 0 ? ReadOutVerdict.Higher : ReadOutVerdict.Lower,
                };
                const string broken = "The split of the subjects differs from the plan, so that every comparison is biased. Find the cause, and reset the experiment.";
                return isTrusted ? shown
                    : evenIfUntrustworthy ? shown with { State = ReadOutState.Untrustworthy, Missing = broken, Verdict = ReadOutVerdict.None }
                    : new VariantComparison { State = ReadOutState.Untrustworthy, Missing = broken };
            }
        }
    }

    /// <summary>Compares a variant with control.</summary>
    public static Comparison Compare(MonitoredExperiment experiment, MonitorRun run, CollectedMetric metric, int control, int variant)
    {
        var terms = new ComparisonTerms(AlphaOf(experiment, run, control), experiment.Plan.Plan?.Sides ?? 2, TuningSubjectsOf(experiment, metric));
        return Comparison.Of(metric, ArmStrata.Of(run, metric.Sums, control, variant), terms);
    }

    /// <summary>The index of the control; -1 if no such variant was seen.</summary>
    public static int ControlOf(MonitoredExperiment experiment)
    {
        for (var variant = 0; variant < experiment.Variants.Count; variant++)
        {
            if (experiment.Variants[variant] == ControlKeyOf(experiment))
            {
                return variant;
            }
        }

        return -1;
    }

    /// <summary>The error rate of each comparison with control.</summary>
    private static double AlphaOf(MonitoredExperiment experiment, MonitorRun run, int control)
    {
        HashSet<int> variants = [];
        for (var version = 0; version < run.Versions.Count; version++)
        {
            foreach (var variant in run.PlanOf(version) is { } plan ? plan.Variants : [])
            {
                variants.Add(variant);
            }
        }

        variants.Remove(control);
        return (experiment.Plan.Plan?.Alpha ?? DefaultAlpha) / Math.Max(1, variants.Count) / (run.Number * (run.Number + 1.0) / 2);
    }

    private static double TuningSubjectsOf(MonitoredExperiment experiment, CollectedMetric metric) =>
        metric.TuningSubjects > 0 ? metric.TuningSubjects : experiment.Plan.TuningSubjects ?? AnalysisPlan.DefaultTuningSubjects;

    private static string ControlKeyOf(MonitoredExperiment experiment) => experiment.Plan.Plan?.Control ?? VariantKeys.Control;

    private static VariantReadOut ReadVariant(MonitoredExperiment experiment, MonitorRun run, CollectedMetric metric, int variant)
    {
        var (all, conversions) = (default(MeanAccumulator), 0L);
        for (var version = 0; version < run.Versions.Count; version++)
        {
            all = all.Merge(metric.Sums[version, variant]);
            conversions += metric.Sums.ConversionsOf(version, variant);
        }

        return new VariantReadOut
        {
            Key = experiment.Variants[variant],
            Subjects = (long)all.Count,
            Conversions = metric.Sums.IsConversion ? conversions : null,
            Mean = all.Count == 0 ? null : metric.Plan.Definition.Scale == MetricScale.Logarithmic ? Math.Exp(all.Mean) : all.Mean,
            StandardDeviation = all.Count < 2 ? null : Math.Sqrt(all.Variance),
        };
    }
}
