namespace ExperimentFramework.DataPlane.Science;

/// <summary>Decides which planned looks a run has reached. The table of planned looks, the signals of due looks and the verdicts on looks all use this rule.</summary>
internal static class DueLooks
{
    /// <summary>
    /// Returns the number of subjects that decides which planned looks are due. For a group sequential plan it counts the subjects whose windows have closed, because the boundary is compared with their values; for a fixed plan it counts all subjects, although the test waits until the windows of so many have closed.
    /// </summary>
    public static long SubjectsOf(MonitorRun run, AnalysisPlan plan) =>
        plan.Looks.Kind == LookScheduleKind.GroupSequential ? TestedOf(run, plan) : run.Counts.Total();

    /// <summary>Returns the number of subjects that a planned test can include: those whose windows have closed. All subjects if the primary metric is not collected.</summary>
    public static long TestedOf(MonitorRun run, AnalysisPlan plan) => run.Outcomes.PrimaryOf(plan) is { } metric ? MatureOf(run, metric.Sums) : run.Counts.Total();

    /// <summary>The time before which the plan allows no look in a run; null if it has passed.</summary>
    /// <param name="run">The run.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="now">The time of processing.</param>
    public static DateTimeOffset? NotBefore(MonitorRun run, AnalysisPlan plan, DateTimeOffset now)
    {
        if (now - run.StartedAt >= plan.MinimumRunTime)
        {
            return null;
        }

        // The start of a run comes from the stream, so it can be any time.
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
