using System.Diagnostics.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>The experiments of a monitor by name, up to the configured number, in order of appearance. Not thread-safe.</summary>
internal sealed class WatchedExperiments(ExperimentMonitorOptions options, ConfiguredPlans plans)
{
    private readonly MetricReaders _readers = new();
    private readonly Dictionary<string, WatchedExperiment> _experiments = new(StringComparer.Ordinal);
    private WatchedExperiment? _latest;

    /// <summary>The number of events of experiments beyond the configured number.</summary>
    public long IgnoredEvents { get; private set; }

    /// <summary>The experiments, in no order.</summary>
    public IReadOnlyCollection<WatchedExperiment> All => _experiments.Values;

    /// <summary>The experiments by name.</summary>
    public IEnumerable<WatchedExperiment> ByName => _experiments.Values.OrderBy(static watched => watched.Experiment.Name, StringComparer.Ordinal);

    /// <summary>Finds an experiment; null if it is not watched.</summary>
    public WatchedExperiment? Find(string name) => _experiments.GetValueOrDefault(BoundedName.OfExperiment(name));

    /// <summary>Finds the experiment of an event, or starts to monitor it.</summary>
    /// <returns>False if there are too many others.</returns>
    public bool TryGet(string name, [NotNullWhen(true)] out WatchedExperiment? watched)
    {
        if (_latest is { } latest && string.Equals(latest.Experiment.Name, name, StringComparison.Ordinal))
        {
            watched = latest;
            return true;
        }

        name = BoundedName.OfExperiment(name);
        if (!_experiments.TryGetValue(name, out watched))
        {
            if (_experiments.Count >= options.MaxExperiments)
            {
                IgnoredEvents++;
                return false;
            }

            var experiment = new MonitoredExperiment(name, options.MaxSubjectSlots, options.SegmentAttributes) { MaxImmatureSubjects = options.MaxImmatureSubjects, Memory = options.Memory };
            watched = Add(experiment);
        }

        _latest = watched;
        return true;
    }

    /// <summary>Adds an experiment from a snapshot, unless there are too many others.</summary>
    /// <returns>Whether it was added.</returns>
    public bool TryRestore(MonitoredExperiment experiment, ReportedFindings reported)
    {
        if (_experiments.Count >= options.MaxExperiments)
        {
            return false;
        }

        Add(experiment).Signals.Reported = reported;
        return true;
    }

    /// <summary>The experiments whose plan names a metric.</summary>
    public MonitoredExperiment[] ReadersOf(string metric) => _readers.Of(metric);

    /// <summary>Updates the metrics that an experiment reads.</summary>
    public void SetReaders(MonitoredExperiment experiment) => _readers.Set(experiment);

    private WatchedExperiment Add(MonitoredExperiment experiment)
    {
        plans.Apply(experiment);
        _readers.Set(experiment);
        return _experiments[experiment.Name] = new WatchedExperiment(experiment, new ExperimentSignals(experiment, options.HostCount));
    }
}
