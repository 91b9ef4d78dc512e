namespace ExperimentFramework.DataPlane.Science;

/// <summary>The power of the subjects so far to detect the planned effect. It uses the values of all variants together, never the difference between them, so looking at it does not spend any error rate.</summary>
internal static class BlindedPower
{
    /// <summary>Computes the power of the comparison with the lowest power.</summary>
    /// <param name="experiment">The experiment, which has a plan.</param>
    /// <param name="run">The run.</param>
    /// <returns>The power and the number of mature subjects; null without a planned effect, without the weights of the variants, or with too few subjects to estimate the variance.</returns>
    public static (double Power, long Subjects)? Of(MonitoredExperiment experiment, MonitorRun run)
    {
        if (experiment.Plan.Plan is not { MinimumEffect: { } effect } plan
            || run.Outcomes.PrimaryOf(plan) is not { } metric
            || run.LatestPlan is not { IsTestable: true } weights
            || RunComparisons.ControlOf(experiment) is not (>= 0 and var control))
        {
            return null;
        }

        var (all, nonZero, counts) = Pool(run, metric.Sums);
        var arms = weights.Variants.ToArray();
        var smallest = arms.Min(variant => counts[variant]);
        var isEnough = metric.Sums.IsConversion
            ? smallest * Math.Min(all.Mean, 1 - all.Mean) >= ReadOutGuard.SmallestExpectedConversions
            : ReadOutGuard.HasEnoughForMeans(smallest, smallest, isEvenSplit: false) && all.Variance > 0
                && (metric.Plan.Definition.Scale == MetricScale.Logarithmic || smallest * (nonZero / all.Count) >= ReadOutGuard.SmallestExpectedConversions);
        if (!isEnough || Array.IndexOf(arms, control) < 0)
        {
            return null;
        }

        var inflation = experiment.PlannedSample?.Inflation ?? 1;
        var power = arms.Where(variant => variant != control).Min(variant =>
        {
            var test = new TwoArmTest(plan.Alpha * run.ErrorShare / (arms.Length - 1), plan.Sides, counts[variant] / counts[control]);
            return metric.Sums.IsConversion
                ? PowerOfRates(all.Mean, effect, counts[control] / inflation, plan.Power, test)
                : plan.Difference is { } difference ? TwoMeans.Power(difference, Math.Sqrt(all.Variance), Math.Sqrt(all.Variance), counts[control] / inflation, test) : 0;
        });
        return (power, (long)all.Count);
    }

    /// <summary>The power at the rate that control would have under the planned effect, given the pooled rate of both variants.</summary>
    private static double PowerOfRates(double pooled, double effect, double controlSubjects, double planned, TwoArmTest test)
    {
        var control = pooled * (1 + test.Ratio) / (1 + (test.Ratio * (1 + effect)));
        return control * (1 + effect) is > 0 and < 1 && control < 1 ? PowerReached.OfProportions(control, effect, controlSubjects, planned, test).PowerNow : 0;
    }

    private static (MeanAccumulator All, double NonZero, double[] Counts) Pool(MonitorRun run, MetricSums sums)
    {
        MeanAccumulator all = default;
        var nonZero = 0.0;
        var counts = new double[SubjectTable.MaxVariants];
        for (var version = 0; version < run.Versions.Count; version++)
        {
            foreach (var variant in run.PlanOf(version) is { } plan ? plan.Variants : [])
            {
                all = all.Merge(sums[version, variant]);
                nonZero += sums.NonZeroOf(version, variant);
                counts[variant] += sums.CountOf(version, variant);
            }
        }

        return (all, nonZero, counts);
    }
}
