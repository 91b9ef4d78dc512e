namespace ExperimentFramework.DataPlane.Science;

/// <summary>Decides which planned looks a run has reached.</summary>
internal static class DueLooks
{
    /// <summary>Returns the number of subjects that a run has reached, which decides how many planned looks it has reached. A planned look that was made stays reached, even if fewer subjects can be compared after the weights have changed. One that compared something else does not count.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="run">The run.</param>
    /// <param name="subjects">The number of subjects that decides now: <see cref="TestedSubjects"/> or <see cref="SubjectsThatAllow"/>.</param>
    public static long ReachedSubjects(MonitoredExperiment experiment, MonitorRun run, long subjects) =>
        experiment.Plan.Plan is { } plan && run.Outcomes.PrimaryOf(plan) is { PlanLooks.Due: [.., var last] } && last.ComparisonId == experiment.Plan.ComparisonId ? Math.Max(subjects, last.Subjects) : subjects;

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
