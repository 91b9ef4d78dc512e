namespace ExperimentFramework.DataPlane.Science;

/// <summary>Compares the variants of a run with control, with the error rate and the tuning of the run.</summary>
/// <param name="experiment">The experiment.</param>
/// <param name="run">The run.</param>
internal sealed class RunComparisons(MonitoredExperiment experiment, MonitorRun run)
{
    private const double DefaultAlpha = 0.05;

    /// <summary>The index of the control; -1 if no such variant was seen.</summary>
    public int Control { get; } = ControlOf(experiment);

    /// <summary>The error rate of each comparison with control.</summary>
    public double Alpha { get; } = AlphaOf(experiment, run);

    /// <summary>The index of an experiment's control; -1 if no such variant was seen.</summary>
    public static int ControlOf(MonitoredExperiment experiment)
    {
        var key = ControlKeyOf(experiment);
        for (var variant = 0; variant < experiment.Variants.Count; variant++)
        {
            if (experiment.Variants[variant] == key)
            {
                return variant;
            }
        }

        return -1;
    }

    /// <summary>The key of an experiment's control.</summary>
    public static string ControlKeyOf(MonitoredExperiment experiment) => experiment.Plan.Plan?.Control ?? VariantKeys.Control;

    /// <summary>N*, the number of subjects at which intervals are narrowest.</summary>
    public double TuningSubjectsOf(CollectedMetric metric) =>
        metric.TuningSubjects > 0 ? metric.TuningSubjects : experiment.Plan.TuningSubjects ?? AnalysisPlan.DefaultTuningSubjects;

    /// <summary>The values of control and of another variant, for all subjects or for a segment.</summary>
    public ArmStrata StrataOf(MetricSums sums, int variant) => ArmStrata.Of(run, sums, Control, variant);

    /// <summary>Compares a variant with control.</summary>
    public Comparison Compare(CollectedMetric metric, ArmStrata strata)
    {
        var sides = experiment.Plan.Plan?.Sides ?? 2;

        // The error rate falls with each additional variant, but the tuning of the sequence must not change.
        var scale = TuningOf(Alpha) / TuningOf(metric.TuningAlpha > 0 ? metric.TuningAlpha : Alpha);
        return Comparison.Of(metric, strata, new ComparisonTerms(Alpha, sides, TuningSubjectsOf(metric) * scale));

        double TuningOf(double alpha) => AsymptoticConfidenceSequence.RhoSquared(sides == 1 ? 2 * alpha : alpha, 1);
    }

    /// <summary>The number of subjects that a planned look at a metric includes: those of all variants under the versions of the weights that the comparison includes. With several variants, that of the comparison with the fewest.</summary>
    /// <returns>The number; 0 until every comparison can be made.</returns>
    public long TestedSubjectsOf(CollectedMetric metric)
    {
        if (Control < 0 || run.LatestPlan is not { } weights)
        {
            return 0;
        }

        var fewest = long.MaxValue;
        foreach (var variant in weights.Variants)
        {
            if (variant != Control)
            {
                var strata = StrataOf(metric.Sums, variant);
                if (!PlannedLookResult.IsPossible(strata, Compare(metric, strata), out _))
                {
                    return 0;
                }

                fewest = Math.Min(fewest, MatureSubjectsOf(run, metric.Sums, Comparison.Included(metric, strata).Versions));
            }
        }

        return fewest == long.MaxValue ? 0 : fewest;
    }

    /// <summary>The number of subjects of all variants under some versions of the weights whose windows have closed.</summary>
    public static long MatureSubjectsOf(MonitorRun run, MetricSums sums, IEnumerable<int> versions)
    {
        var subjects = 0L;
        foreach (var version in versions)
        {
            foreach (var variant in run.PlanOf(version) is { } plan ? plan.Variants : [])
            {
                subjects += sums.CountOf(version, variant);
            }
        }

        return subjects;
    }

    private static double AlphaOf(MonitoredExperiment experiment, MonitorRun run)
    {
        HashSet<int> variants = [];
        for (var version = 0; version < run.Versions.Count; version++)
        {
            foreach (var variant in run.PlanOf(version) is { } plan ? plan.Variants : [])
            {
                variants.Add(variant);
            }
        }

        variants.Remove(ControlOf(experiment));
        return (experiment.Plan.Plan?.Alpha ?? DefaultAlpha) / Math.Max(1, variants.Count) * run.ErrorShare;
    }
}
