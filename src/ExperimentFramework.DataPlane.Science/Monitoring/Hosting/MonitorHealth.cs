using System.Globalization;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>The health of the monitor: degraded while an experiment cannot be trusted. The description contains its name.</summary>
internal static class MonitorHealth
{
    /// <summary>The maximum number of experiments in the description; the others are only counted.</summary>
    private const int MaxNamed = 5;

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
        List<string> problems = [];
        Add(ExperimentState.SampleRatioMismatch, "differs from its plan, so results cannot be trusted");
        Add(ExperimentState.Inconclusive, "differs from its plan, but lost exposures could explain it");
        Add(ExperimentState.NotTestable, "cannot be tested");
        if (monitor.GetFailedExperiments() is { Count: > 0 } failed)
        {
            problems.Add($"The monitor failed to process {Named(failed)}, so their counts and verdicts are incomplete.");
        }

        if (session.SnapshotFailure is { } failure)
        {
            problems.Add(failure);
        }

        return problems.Count == 0
            ? BackplaneHealth.Healthy("The split of every monitored experiment agrees with its plan, as far as it can be tested.", diagnostics)
            : BackplaneHealth.Degraded(string.Join(' ', problems), diagnostics);

        void Add(ExperimentState state, string finding)
        {
            var names = experiments.Where(experiment => experiment.State == state).Select(static experiment => experiment.Name).ToArray();
            if (names.Length == 0)
            {
                return;
            }

            problems.Add($"The split of {Named(names)} {finding}.");
        }

        static string Named(IReadOnlyCollection<string> names)
        {
            var more = names.Count > MaxNamed ? string.Create(CultureInfo.InvariantCulture, $" and {names.Count - MaxNamed} more") : string.Empty;
            return string.Join(", ", names.Take(MaxNamed)) + more;
        }
    }
}
