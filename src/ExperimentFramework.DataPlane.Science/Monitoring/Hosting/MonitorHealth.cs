namespace ExperimentFramework.DataPlane.Science;

/// <summary>The health of the monitor: degraded while an experiment cannot be trusted. The description contains its name.</summary>
internal static class MonitorHealth
{
    public static BackplaneHealth Of(MonitorSession session)
    {
        var monitor = session.Monitor;
        var experiments = monitor.GetStates();
        Dictionary<string, object> diagnostics = new()
        {
            ["experiments"] = experiments.Count,
            ["ignored_events"] = monitor.IgnoredEvents,
            ["unknown_events"] = monitor.UnknownEvents,
            ["failed_events"] = monitor.FailedEvents,
            ["dropped_signals"] = monitor.DroppedSignals,
        };
        var problems = ExperimentProblems.Of(experiments, monitor.GetFailedExperiments());
        if (session.SnapshotFailure is { } failure)
        {
            problems.Add(failure);
        }

        return problems.Count == 0
            ? BackplaneHealth.Healthy("The split of every monitored experiment agrees with its plan, as far as it can be tested.", diagnostics)
            : BackplaneHealth.Degraded(string.Join(' ', problems), diagnostics);
    }
}
