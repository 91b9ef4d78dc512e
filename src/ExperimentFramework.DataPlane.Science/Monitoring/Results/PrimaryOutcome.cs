namespace ExperimentFramework.DataPlane.Science;

/// <summary>What is known of the metric that decides, for the progress of a plan.</summary>
internal static class PrimaryOutcome
{
    /// <summary>The values of all variants together, which do not show how they compare; on the metric's scale.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <returns>The values; null without a plan or a subject.</returns>
    public static MeanAccumulator? Blinded(MonitoredExperiment experiment)
    {
        if (experiment.CurrentRun is not { } run || Find(experiment, run) is not { } metric)
        {
            return null;
        }

        var all = default(MeanAccumulator);
        for (var version = 0; version < run.Versions.Count; version++)
        {
            for (var variant = 0; variant < experiment.Variants.Count; variant++)
            {
                all = all.Merge(metric.Sums[version, variant]);
            }
        }

        return all;
    }

    /// <summary>The difference of each variant to control, in standard errors, for looks at planned moments.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <returns>For each variant that can be compared: its key, z, and the mature subjects of both.</returns>
    public static IReadOnlyList<(string Variant, double Z, double Subjects)> Scores(MonitoredExperiment experiment)
    {
        List<(string, double, double)> scores = [];
        if (experiment.CurrentRun is { } run && Find(experiment, run) is { } metric && ReadOutReader.ControlOf(experiment) is >= 0 and var control)
        {
            for (var variant = 0; variant < experiment.Variants.Count; variant++)
            {
                if (variant != control && ArmStrata.Of(run, metric.Sums, control, variant) is { HasMeans: true, HasVariance: true } strata)
                {
                    // z does not depend on the error rate and the tuning.
                    var readOut = MeanDifference.Evaluate(strata.Means, 0.05, AnalysisPlan.DefaultTuningSubjects).ReadOut;
                    scores.Add((experiment.Variants[variant], readOut.Z, strata.ControlSubjects + strata.TreatmentSubjects));
                }
            }
        }

        return scores;
    }

    private static CollectedMetric? Find(MonitoredExperiment experiment, MonitorRun run) => experiment.Plan.Plan is { } plan
        ? run.Outcomes.Metrics.FirstOrDefault(metric => metric.IsPlanned && metric.Measures(plan.PrimaryMetric))
        : null;
}
