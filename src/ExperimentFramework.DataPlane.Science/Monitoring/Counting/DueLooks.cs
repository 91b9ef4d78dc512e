namespace ExperimentFramework.DataPlane.Science;

/// <summary>Which planned looks a run has reached: one rule for the table of planned looks, for the signals of those that are due, and for the judgement of looks that are taken.</summary>
internal static class DueLooks
{
    /// <summary>
    /// The subjects that planned looks are counted in. A group sequential look has its subjects once their windows have closed, because its boundary is compared with their values; the sample of a fixed plan is complete once it is counted.
    /// </summary>
    public static long SubjectsOf(MonitorRun run, AnalysisPlan plan) =>
        plan.Looks.Kind == LookScheduleKind.GroupSequential && run.Outcomes.PrimaryOf(plan) is { } metric ? MatureOf(run, metric.Sums) : run.Counts.Total();

    /// <summary>The time before which the plan has no look in a run; null if it has passed.</summary>
    /// <param name="run">The run.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="now">The time of processing.</param>
    public static DateTimeOffset? NotBefore(MonitorRun run, AnalysisPlan plan, DateTimeOffset now)
    {
        if (now - run.StartedAt >= plan.MinimumRunTime)
        {
            return null;
        }

        // The start of a run may be any time that a stream names.
        return plan.MinimumRunTime < DateTimeOffset.MaxValue - run.StartedAt ? run.StartedAt + plan.MinimumRunTime : DateTimeOffset.MaxValue;
    }

    private static long MatureOf(MonitorRun run, MetricSums sums)
    {
        var mature = 0L;
        for (var version = 0; version < run.Versions.Count; version++)
        {
            foreach (var variant in run.PlanOf(version) is { } plan ? plan.Variants : [])
            {
                mature += sums.CountOf(version, variant);
            }
        }

        return mature;
    }
}
