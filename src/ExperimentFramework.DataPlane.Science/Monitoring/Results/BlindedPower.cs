namespace ExperimentFramework.DataPlane.Science;

/// <summary>The power of the subjects so far to detect the planned effect. It uses the values of all variants together, never the difference between them, so looking at it does not spend any error rate.</summary>
internal static class BlindedPower
{
    /// <summary>Computes the power of the comparison with the lowest power.</summary>
    /// <param name="experiment">The experiment, which has a plan.</param>
    /// <param name="run">The run.</param>
    /// <returns>The power and the number of mature subjects that the comparison includes; null without a planned effect, without the weights of the variants, or with too few subjects to estimate the variance.</returns>
    public static (double Power, long Subjects)? Of(MonitoredExperiment experiment, MonitorRun run)
    {
        if (experiment.Plan.Plan is not { MinimumEffect: { } effect } plan
            || run.Outcomes.PrimaryOf(plan) is not { } metric
            || run.LatestPlan is not { IsTestable: true } weights
            || RunComparisons.ControlOf(experiment) is not (>= 0 and var control))
        {
            return null;
        }

        var arms = weights.Variants.ToArray();
        if (Array.IndexOf(arms, control) < 0)
        {
            return null;
        }

        (double Power, long Subjects)? lowest = null;
        foreach (var variant in arms.Where(variant => variant != control))
        {
            // Only the subjects that the comparison includes can find the effect.
            var strata = Comparison.Included(metric, ArmStrata.Of(run, metric.Sums, control, variant));
            var all = Pool(run, metric.Sums, strata.Versions);
            if (!IsEnough(metric, strata, all))
            {
                return null;
            }

            var subjects = (metric.Plan.ComparesByRatio ? strata.ControlSubjects : strata.EffectiveControlSubjects) / (experiment.PlannedSample?.Inflation ?? 1);
            var test = new TwoArmTest(plan.Alpha * run.ErrorShare / (arms.Length - 1), plan.Sides, strata.TreatmentSubjects / strata.ControlSubjects);
            var power = metric.Sums.IsConversion
                ? PowerOfRates(all.Mean, effect, subjects, plan.Power, test)
                : plan.Difference is { } difference ? TwoMeans.Power(difference, Math.Sqrt(all.Variance), Math.Sqrt(all.Variance), subjects, test) : 0;
            lowest = lowest is { } other && other.Power <= power ? other : (power, (long)all.Count);
        }

        return lowest;
    }

    /// <summary>Whether there is enough to estimate the variance. Needs more subjects than a comparison at an even split, where errors of the two variances cancel out: a variance from few values is mostly too small, so the power would be signaled too early.</summary>
    private static bool IsEnough(CollectedMetric metric, ArmStrata strata, MeanAccumulator all)
    {
        double control = strata.ControlSubjects, treatment = strata.TreatmentSubjects;
        double ofControl = strata.Conversions.Sum(static stratum => stratum.Control), ofTreatment = strata.Conversions.Sum(static stratum => stratum.Treatment);
        return metric.Sums.IsConversion
            ? ReadOutGuard.SmallestExpectedCount(control, ofControl, treatment, ofTreatment) >= ReadOutGuard.SmallestExpectedConversions
            : ReadOutGuard.HasEnoughForMeans(control, treatment, isEvenSplit: false) && all.Variance > 0
                && (metric.Plan.Definition.Scale == MetricScale.Logarithmic
                    || ReadOutGuard.SmallestExpectedNonZero(control, ofControl, treatment, ofTreatment) >= ReadOutGuard.SmallestExpectedConversions);
    }

    /// <summary>The power at the rate that control would have under the planned effect, given the pooled rate of both variants.</summary>
    private static double PowerOfRates(double pooled, double effect, double controlSubjects, double planned, TwoArmTest test)
    {
        var control = pooled * (1 + test.Ratio) / (1 + (test.Ratio * (1 + effect)));
        return control * (1 + effect) is > 0 and < 1 && control < 1 ? PowerReached.OfProportions(control, effect, controlSubjects, planned, test).PowerNow : 0;
    }

    private static MeanAccumulator Pool(MonitorRun run, MetricSums sums, IEnumerable<int> versions)
    {
        MeanAccumulator all = default;
        foreach (var version in versions)
        {
            foreach (var variant in run.PlanOf(version) is { } plan ? plan.Variants : [])
            {
                all = all.Merge(sums[version, variant]);
            }
        }

        return all;
    }
}
