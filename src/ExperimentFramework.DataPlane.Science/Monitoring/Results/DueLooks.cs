namespace ExperimentFramework.DataPlane.Science;

/// <summary>Decides which planned looks a run has reached.</summary>
internal static class DueLooks
{
    /// <summary>Returns the number of subjects that a run has reached, which decides how many planned looks it has reached. A planned look that was made stays reached, even if fewer subjects can be compared after the weights have changed. One that compared something else does not count.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="run">The run.</param>
    /// <param name="subjects">The number of subjects that decides now: <see cref="TestedSubjects"/> or <see cref="SubjectsThatAllow"/>.</param>
    public static long ReachedSubjects(MonitoredExperiment experiment, MonitorRun run, long subjects) =>
        Math.Max(subjects, experiment.Plan.Plan is { } plan && run.Outcomes.PrimaryOf(plan) is { } metric ? metric.PlanLooks.SubjectsOfLatest(experiment.Plan.ComparisonId) : 0);

    /// <summary>Returns the number of planned looks that had been reached when the present comparison was chosen, by values that may have been seen.</summary>
    /// <param name="run">The run.</param>
    /// <param name="metric">The primary metric.</param>
    /// <param name="rules">The rules of the present plan.</param>
    /// <param name="subjects">The number of subjects that decides now. Those of values that have been added since are not among those of before.</param>
    public static int PassedBefore(MonitorRun run, CollectedMetric metric, LookRules rules, long subjects) =>
        run.Progress.ValuesBefore == 0 ? 0 : rules.DueAt(Math.Min(subjects, subjects - (metric.Sums.Count - run.Progress.ValuesBefore)));

    /// <summary>
    /// Returns the number of subjects that decides which planned looks a person may take. For a group sequential plan it is <see cref="TestedSubjects"/>; for a fixed plan it counts all subjects, although the test waits until the windows of so many have closed.
    /// </summary>
    public static long SubjectsThatAllow(MonitoredExperiment experiment, MonitorRun run, AnalysisPlan plan) =>
        plan.Looks.Kind == LookScheduleKind.GroupSequential ? TestedSubjects(experiment, run, plan) : run.Counts.Total();

    /// <summary>Returns the number of subjects whose results a look by a person shows, which decides what it costs: those whose windows have closed, whether or not the comparison includes them. All subjects if the primary metric is not collected.</summary>
    public static long VisibleSubjects(MonitorRun run, AnalysisPlan plan) =>
        run.Outcomes.PrimaryOf(plan) is { } metric ? RunComparisons.MatureSubjectsOf(run, metric.Sums, Enumerable.Range(0, run.Versions.Count)) : run.Counts.Total();

    /// <summary>Returns the number of subjects that the planned tests include, which decides when they are made and which are reached; 0 until they can be made. All subjects if the primary metric is not collected.</summary>
    public static long TestedSubjects(MonitoredExperiment experiment, MonitorRun run, AnalysisPlan plan) =>
        run.Outcomes.PrimaryOf(plan) is { } metric ? new RunComparisons(experiment, run).TestedSubjectsOf(metric) : run.Counts.Total();

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
}
